import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Every 50 ms a line of JSON, ns; the true time is that of a file just written, which the kernel stamps. */
public class Tell {
  public static void main(String[] arguments) throws Exception {
    Path stamp = Path.of("/tmp/stamp");
    for (;;) {
      Files.writeString(stamp, ".");
      long truth = Files.getLastModifiedTime(stamp).to(TimeUnit.NANOSECONDS);
      long millis = System.currentTimeMillis();
      Instant now = Instant.now();
      System.out.printf("{\"true\":%d,\"realtime\":%d,\"instant\":%d,\"monotonic\":%d}%n",
          truth, millis * 1_000_000, now.getEpochSecond() * 1_000_000_000 + now.getNano(), System.nanoTime());
      Thread.sleep(50);
    }
  }
}

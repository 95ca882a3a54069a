# Like tell.c; the true time is that of a file just written, which the kernel stamps.
import os, time
while True:
    with open('/tmp/stamp', 'w') as file: file.write('.')
    print('{"true":%d,"realtime":%d,"coarse":%d}' % (os.stat('/tmp/stamp').st_mtime_ns,
        time.time_ns(), time.clock_gettime_ns(5)), flush=True)
    time.sleep(0.05)

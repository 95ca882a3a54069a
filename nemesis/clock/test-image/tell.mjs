// Like tell.py. Date.now() has milliseconds.
import fs from 'node:fs';
setInterval(() => {
  fs.writeFileSync('/tmp/stamp', '.');
  const stamp = fs.statSync('/tmp/stamp', { bigint: true }).mtimeNs;
  console.log(`{"true":${stamp},"realtime":${BigInt(Date.now()) * 1_000_000n}}`);
}, 50);

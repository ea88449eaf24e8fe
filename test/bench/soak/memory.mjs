// Loaded into a server with `--expose-gc --import`: tells what memory it holds when asked, after a collection.
import { setTimeout as pause } from 'node:timers/promises';

process.on('message', async () => {
  // What one collection finds finalisers and weak references of, the next one frees.
  for (let n = 0; n < 3; n++) {
    globalThis.gc();
    await pause(200);
  }
  globalThis.gc();
  process.send(process.memoryUsage());
});
// Listening must not keep the server from ending.
process.channel.unref();

// `node express.mjs FILE`: what anybody writes with express, answering what the file has for each path.
import { readFileSync } from 'node:fs';
import express from 'express';

const app = express();
app.use(express.json({ limit: '1mb' }));
for (const [path, { body }] of Object.entries(JSON.parse(readFileSync(process.argv[2], 'utf8')))) {
  const answer = JSON.parse(body);
  app.post(path, (_request, response) => {
    response.json(answer);
  });
}
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`express listens on http://127.0.0.1:${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));

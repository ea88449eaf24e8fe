import { PostgresServer } from './store/postgres.js';
import { execFileSync } from 'node:child_process';
const s = await PostgresServer.start(); const url = await s.createDatabase();
for (const m of ['fill','load','load']) console.log(m, execFileSync('npx',['tsx','--expose-gc','test/tmp-scale.ts',m,url],{encoding:'utf8',stdio:['ignore','pipe','ignore']}));
await s.stop();

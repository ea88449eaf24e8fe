import { PostgresServer, killConnections } from './store/postgres.js';
import { readConfig } from '../src/config.js';
import { startServer } from '../src/server.js';
import pino from 'pino';
const s = await PostgresServer.start();
const url = await s.createDatabase();
const log = pino({level:'warn'});
const cfg = readConfig({POSTERN_DATABASE_URL: url, POSTERN_PORT:'0'});
const [a,b] = [await startServer(cfg, log), await startServer(cfg, log)];
const put = (r: any, n: number) => fetch(`${r.address}/v1/endpoints/e`, {method:'PUT', headers:{'content-type':'application/json'}, body: JSON.stringify({vpcId:'vpc-1', policy:null, description:`${n}`})});
const seen: number[]=[], waits: number[] = [], writes: number[]=[];
for (let n=0;n<300;n++){
  const w0=performance.now();
  const w=await put(a,n); const rev=w.headers.get('postern-revision')!; await w.text();
  const t=performance.now(); writes.push(t-w0);
  if (n%2) { 
    const r=await fetch(`${b.address}/v1/endpoints/e`,{headers:{'postern-min-revision':rev}}); const j=await r.json() as any; if (r.status!==200||j.description!==`${n}`) console.log('BAD', r.status, j);
    waits.push(performance.now()-t);
  } else {
    for(;;){ const r=await fetch(`${b.address}/v1/endpoints/e`); const j=await r.json() as any; if(j.description===`${n}`) break; }
    seen.push(performance.now()-t);
  }
}
const q=(x:number[],p:number)=>x.sort((a,b)=>a-b)[Math.floor(p*(x.length-1))]!.toFixed(1);
console.log('write', q(writes,.5), q(writes,.99), 'seen', q(seen,.5), q(seen,.99), 'wait', q(waits,.5), q(waits,.99));
console.log('killed', await killConnections(url));
let t=performance.now(); console.log((await put(a,1000)).status, (await put(b,1001)).status, performance.now()-t);
await s.halt('immediate');
console.log('down', (await put(a,2000)).status, (await put(b,2000)).status, (await fetch(`${a.address}/v1/endpoints/e`)).status, await (await fetch(`${a.address}/readyz`)).text());
await new Promise(r=>setTimeout(r,3000));
console.log(await (await fetch(`${a.address}/readyz`)).text());
await s.startAgain(); t=performance.now();
for(;;){ const r=await put(a,3000); await r.text(); if(r.status===200) break; await new Promise(r=>setTimeout(r,20)); }
console.log('writes again', performance.now()-t);
for(;;){ const r=await fetch(`${b.address}/v1/endpoints/e`); const j=await r.json() as any; if(j.description==='3000') break; await new Promise(r=>setTimeout(r,20)); }
console.log('other', performance.now()-t);
await a.stop(); await b.stop(); await s.stop();

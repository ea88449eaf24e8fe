import { openSqlite } from '../src/store/sqlite.js';
import { digestOf } from './store/changes.js';
const N=+process.argv[2]!, STAMP={at:new Date().toISOString(), by:'key:tests'};
const changes:any[]=[];
for (let n=0;n<N;n++) { const kind = n%2? 'resource':'endpoint'; const document = JSON.stringify({n, x:'y'.repeat(900)});
 changes.push({op:'put',type:'policy',kind,name:`team-policy-${n}`,document,digest:digestOf(document),description:`policy number ${n}`});
 changes.push({op:'put',type:'endpoint',id:`vpce-${n}`,policy:`team-policy-${n-n%2}`,body:JSON.stringify({vpcId:`vpc-${n}`})});
 changes.push({op:'put',type:'api',id:`api${n}`,policy:`team-policy-${n%2?n:n+1}`,body:JSON.stringify({accountId:'123412341234'})}); }
import { PostgresServer } from './store/postgres.js'; import { openPostgres } from '../src/store/postgres.js'; const srv=process.argv[3]?await PostgresServer.start():null; const store=srv?await openPostgres({url:await srv.createDatabase()}):await openSqlite({memory:true});
let last=process.cpuUsage(), lt=performance.now(); const t0=lt;
const big:string[]=[]; let on=true;
const tick=()=>{ const c=process.cpuUsage(last); const ms=(c.user+c.system)/1e3; const w=performance.now()-lt; if (ms>40) big.push(`${(lt-t0).toFixed(0)}: cpu ${ms.toFixed(0)} wall ${w.toFixed(0)}`); last=process.cpuUsage(); lt=performance.now(); if(on) setImmediate(tick); };
if(process.env.TICK) tick();
const c0=process.cpuUsage(); await store.commit(changes, STAMP); on=false; const c=process.cpuUsage(c0);
console.log('total', (performance.now()-t0).toFixed(0), 'cpu', ((c.user+c.system)/1e3).toFixed(0)); console.log(big.join('\n'));
await store.close(); await srv?.stop();

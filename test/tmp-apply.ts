import { Directory } from '../src/service/directory.js';
const N=100_000;
const mk=(rev:number, off=0)=>{ const applied:any[]=[]; for(let n=0;n<N/3;n++){ const k=n+off; const at=new Date().toISOString();
 applied.push({type:'policy',outcome:'created',policy:{kind:'resource',name:`team-policy-${k}`,version:1,digest:'sha256:'+(''+k).padStart(64,'a'),description:`d${k}`,revision:rev,createdAt:at,updatedAt:at}});
 applied.push({type:'endpoint',outcome:'created',record:{type:'endpoint',id:`vpce-${k*7919%1e6}x${k}`,policy:`team-policy-${k}`,body:`{"vpcId":"vpc-${k}"}`,revision:rev,createdAt:at,updatedAt:at}});
 applied.push({type:'api',outcome:'created',record:{type:'api',id:`api${k}`,policy:`team-policy-${k}`,body:`{"a":"vpc-${k}"}`,revision:rev,createdAt:at,updatedAt:at}});
 } return {revision:rev, applied}; };
const d=new Directory({revision:0,policies:[],records:[]});
for (let r=1;r<7;r++){ const c=mk(r, (r>>1)*N); (globalThis as any).gc?.(); const t=performance.now(), u=process.cpuUsage(); d.apply(c); const c2=process.cpuUsage(u); console.log(r, (performance.now()-t).toFixed(0),'ms cpu', ((c2.user+c2.system)/1e3).toFixed(0)); 
 const t2=performance.now(); d.apis.page({prefix:'',after:null,limit:1}); console.log('sort',(performance.now()-t2).toFixed(0)); }

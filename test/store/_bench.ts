import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { openSqlite } from '/work/main/src/store/sqlite.ts';
const dir = mkdtempSync('/var/tmp/pb-');
const doc = (i: number) => { const document = JSON.stringify({ Version: '2012-10-17', Id: 'p' + i, x: 'y'.repeat(900) }); return { document, digest: 'sha256:' + createHash('sha256').update(document).digest('hex') }; };
const stamp = { at: new Date().toISOString(), by: 'key:1' };
const ms = (t: number) => (performance.now() - t).toFixed(0) + ' ms';
const store = await openSqlite({ directory: dir });
let t = performance.now();
const N = 5000;
for (let i = 0; i < N; i++) await store.commit([{ op: 'put', type: 'policy', kind: 'endpoint', name: 'single-' + i, ...doc(i), description: null }], stamp);
console.log('single commits/s', (N / ((performance.now() - t) / 1000)).toFixed(0));
t = performance.now();
for (let i = 0; i < N; i++) await store.commit([{ op: 'put', type: 'policy', kind: 'endpoint', name: 'single-1', ...doc(i+N), description: null }], stamp);
console.log('replace commits/s', (N / ((performance.now() - t) / 1000)).toFixed(0));
const many = (n: number, from: number) => [...Array.from({ length: n }, (_, i) => ({ op: 'put', type: 'policy', kind: 'resource', name: 'bulk-' + (from + i), ...doc(1e6 + from + i), description: 'd' + i } as const)), ...Array.from({ length: n / 10 }, (_, i) => ({ op: 'put', type: 'api', id: 'a' + (from + i), policy: 'bulk-' + (from + i), body: JSON.stringify({ accountId: '123412341234', policy: 'bulk', z: 'q'.repeat(200) }) } as const))];
for (const [n, from] of [[10000, 0], [90000, 10000]] as const) {
  const changes = many(n, from);
  let worst = 0, last = performance.now(), turns = 0; const iv = setInterval(() => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; turns++; }, 1);
  t = performance.now();
  const d = setTimeout(async () => { const t2 = performance.now(); await store.document(doc(1).digest); console.log(' document() during', ms(t2)); }, 200);
  await store.commit(changes, stamp);
  console.log('bulk', n, ms(t), 'worst pause', worst.toFixed(0), 'turns', turns); clearInterval(iv);
  t = performance.now(); const again = await store.commit(changes, stamp); console.log('bulk again unchanged', ms(t), again.applied.every(a => a.outcome === 'unchanged'));
}
for (let k = 0; k < 3; k++) { t = performance.now(); const c = await store.contents(); console.log('contents', c.policies.length, c.records.length, ms(t)); }
t = performance.now(); for (let i = 0; i < 20000; i++) await store.document(doc(i % N).digest); console.log('document us', ((performance.now() - t) / 20).toFixed(1));
const all = await store.contents();
t = performance.now();
await store.commit([...all.records.map((r) => ({ op: 'delete', type: r.type, id: r.id } as const)), ...all.policies.map((p) => ({ op: 'delete', type: 'policy', kind: p.kind, name: p.name } as const))], stamp);
console.log('bulk delete', ms(t));
console.log('rss', (process.memoryUsage().rss / 1e6).toFixed(0));
t = performance.now(); await store.close(); console.log('close', ms(t));
t = performance.now(); const s2 = await openSqlite({ directory: dir }); console.log('open', ms(t)); await s2.close();
console.log('file MB', (statSync(dir + '/postern.db').size / 1e6).toFixed(0));
rmSync(dir, { recursive: true });

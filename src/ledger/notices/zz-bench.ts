import { readFileSync, writeFileSync } from 'node:fs';
import { getDay } from '#kernel';
import { openFonts, writePdf } from '#platform/pdf';
import { deriveFormValues } from './derive-form-values.ts';
import { prepareForm } from './draw-form.ts';
import { parseFormLayout } from './parse-form-layout.ts';
const municipality = readFileSync('settings/wakabadai/municipality.json', 'utf8');
const fonts = openFonts();
const names = ['髙橋　𠮷乃','佐々木　美咲','勅使河原　和香奈','渡邉　辻\u{e0100}太郎','若葉　花子'];
for (const id of ['screening-dpt-ipv-hib-primary','screening-influenza-older']) for (const n of [50, 2000]) {
  const d = parseFormLayout(id, { form: readFileSync(`rules/forms/${id}.json`,'utf8'), municipality });
  if (d.answer==='refused') throw new Error(JSON.stringify(d.findings));
  const layout = d.value; const form = prepareForm(layout);
  const nothing = { eligibleFrom: null, eligibleTo: null, standardFrom: null, standardTo: null };
  function* pages() { for (let i=0;i<n;i++) { const formNumber=String(100000000000+i*17); const name=names[i%5]??'';
    const values = deriveFormValues(layout, { formNumber, formNumberSpaced: formNumber, issuedOn: getDay(2026,11,21), person:{name,kana:'タカハシ　ヨシノ',bornOn:getDay(2026,5,1+i%28),birthDatePrecision:'day',sex:'female'}, destination:{recipientName:name,postalCode:'2990012',address:`若葉台市緑町${i%40}番${i%9}号`,building:'コーポ青葉２０１'}, welfare:null, forecast:{...nothing,...layout,status:'due',dosesNeeded:4,next:null,trace:[]}, next:{doseNumber:1+i%3,earliestOn:getDay(2026,11,1),latestOn:getDay(2033,11,21),recommendedFrom:null,recommendedTo:null}, pastDoses:[{on:getDay(2026,8,4),doseNumber:1,productName:'五種混合'}]});
    yield { background: form.background, draw: (c: Parameters<typeof form.drawValues>[0]) => { form.drawValues(c, values); } }; } }
  const t = performance.now(); let bytes=0; const cpu=process.cpuUsage(); const chunks: Buffer[]=[];
  for await (const b of writePdf({ title: layout.title, author:'x', createdAt:new Date(0), paper: layout.paper, fonts }, pages())) { bytes+=b.length; if(n===50) chunks.push(b); }
  const s=(performance.now()-t)/1000; const c=process.cpuUsage(cpu);
  console.log(id,n,'pages',(n/s).toFixed(0),'pages/s wall',(n/((c.user+c.system)/1e6)).toFixed(0),'pages/s cpu', (bytes/n).toFixed(0),'bytes/page',(process.memoryUsage().rss/1e6).toFixed(0),'MB');
  if (n===50) writeFileSync(`/tmp/notices/${id}.pdf`, Buffer.concat(chunks));
}

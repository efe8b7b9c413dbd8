// A room's screen that is open for long: the situation view is made to fetch its room again and again, by the same event that a change sends,
// with scenes that turn and a network that is cut and comes back, and what the page holds is measured after the garbage is collected.
// A beat of a room is a change of its alarms or incidents. Usage: node tools/room-drill.mjs <a link that signs in> [minutes]
import { open } from './browser.mjs';

const [link, minutes = '10'] = process.argv.slice(2);
if (!link) { console.error('usage: node tools/room-drill.mjs <a link that signs in, as the Development host prints it> [minutes]'); process.exit(2); }
const pause = ms => new Promise(done => setTimeout(done, ms));
const browser = await open();
try {
  const page = await browser.page(1920, 1080);
  await page.go(link);
  await pause(1500);
  await page.read('document.querySelector("main form button")?.click()');
  await pause(2500);
  await page.go(new URL('/en/disaster-safety/situation', link).href);
  if (!(await page.read('document.querySelector("[data-room]") !== null'))) throw new Error('this reader has no situation view');
  await page.read('window.drill={swaps:0};document.addEventListener("htmx:after:swap",()=>drill.swaps++)');
  for (const domain of ['Performance', 'HeapProfiler', 'Network']) await page.ask(domain + '.enable');

  const wire = offline => page.ask('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  async function held() {
    for (let i = 0; i < 3; i++) { await page.ask('HeapProfiler.collectGarbage'); await pause(300); }
    const metrics = Object.fromEntries((await page.ask('Performance.getMetrics')).metrics.map(m => [m.name, m.value]));
    return { heap: metrics.JSHeapUsedSize, nodes: metrics.Nodes, listeners: metrics.JSEventListeners, swaps: await page.read('drill.swaps'), shown: await page.read('document.getElementsByTagName("*").length') };
  }
  let beats = 0, cuts = 0;
  async function run(until) {
    while (Date.now() < until) {
      await page.read('document.getElementById("live").dispatchEvent(new CustomEvent(document.querySelector("[data-room]").dataset.room))');
      beats++;
      if (beats % 10 === 0) await page.read('document.querySelector("[data-step=\'1\']").click()');
      if (beats % 300 === 0) { await wire(true); await pause(3000); await wire(false); await pause(3000); cuts++; }
      await pause(100);
    }
    await pause(3000);
  }
  // what is made once (styles, compiled code, the first pictures) is no leak
  await run(Date.now() + 60_000);
  const first = await held();
  await run(Date.now() + Number(minutes) * 60_000);
  const last = await held();
  const updates = last.swaps - first.swaps;
  if (updates < 10) throw new Error(`only ${updates} updates came`);
  const per = name => ((last[name] - first[name]) / updates * 1000);
  console.log(`${updates} updates, ${cuts} cuts of the network; heap ${(first.heap / 1e6).toFixed(2)} -> ${(last.heap / 1e6).toFixed(2)} MB, nodes ${first.nodes} -> ${last.nodes} (elements on the page ${first.shown} -> ${last.shown}), listeners ${first.listeners} -> ${last.listeners}`);
  console.log(`for 1,000 updates: heap ${(per('heap') / 1000).toFixed(1)} kB, nodes ${per('nodes').toFixed(1)}, listeners ${per('listeners').toFixed(1)}`);
  console.log(`the room says: ${await page.read('document.querySelector("[data-room]").dataset.state ?? "on"')}`);
} finally { await browser.close(); }

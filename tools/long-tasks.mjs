// How long the browser's main thread is held by pages with many cameras: every task of more than 50 ms, while the page is opened and while it
// lives; and how much of the processor the opening takes there, which other work on the machine hardly changes. Usage: node tools/long-tasks.mjs http://localhost:5080 [seconds] [rounds]   (a running host; pages that everyone may see)
import { open } from './browser.mjs';

const [base, seconds = '25', rounds = '3'] = process.argv.slice(2);
if (!base) { console.error('usage: node tools/long-tasks.mjs <address of a host> [seconds] [rounds]'); process.exit(2); }
const watch = 'window.held=[];new PerformanceObserver(l=>{for(const e of l.getEntries())held.push([Math.round(e.startTime),Math.round(e.duration)])}).observe({type:"longtask",buffered:true});';
// an empty page says what the machine itself costs
const pages = [['sign-in, for comparison', '/en/sign-in'], ['64 stills', '/en/traffic/cameras/wall?size=64'], ['list of cameras', '/en/traffic/cameras'], ['map with cameras', '/en/map?layer=traffic.cameras-map']];
const browser = await open();
try {
  for (const [name, path] of pages) {
    const [opening, living, used] = [[], [], []];
    for (let round = 0; round < Number(rounds); round++) {
      const page = await browser.page(1920, 1080, watch);
      await page.ask('Performance.enable', { timeDomain: 'threadTicks' });
      await page.go(base + path);
      await new Promise(done => setTimeout(done, 3000));
      const opened = await page.read('performance.now()');
      used.push((await page.ask('Performance.getMetrics')).metrics.find(m => m.name === 'TaskDuration').value * 1000);
      await new Promise(done => setTimeout(done, Number(seconds) * 1000));
      for (const [at, length] of await page.read('held')) (at < opened ? opening : living).push(length);
      if (round === 0 && !(await page.read('document.querySelector("h1") !== null'))) throw new Error(`${path} is no page`);
      await page.close();
    }
    const told = list => list.length ? `${list.length} of more than 50 ms, longest ${Math.max(...list)} ms` : 'none of more than 50 ms';
    console.log(`${name}: opening ${Math.round(used.sort((a, b) => a - b)[Math.floor(used.length / 2)])} ms of the processor, ${told(opening)}; in the ${Number(seconds) * Number(rounds)} s after ${told(living)}`);
  }
} finally { await browser.close(); }

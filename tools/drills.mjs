// The readers, writers and open streams of tools/drills.sh, which starts what they talk to. Prints what was measured; the last line is "as promised" or
// "NOT as promised: …", and the exit status follows it.
//   node tools/drills.mjs long ADDRESS PID LINK MINUTES      50 requests a second and 20 open streams; memory, files and threads of the process, every 30 s
import http from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';

const [drill, address, ...rest] = process.argv.slice(2);
const wrong = [];
const must = (held, what) => { if (!held) wrong.push(what); };
const sleep = ms => new Promise(r => setTimeout(r, ms));
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
const round = (n, digits = 0) => n === undefined ? '-' : n.toFixed(digits);
export const pages = ['/ko', '/en', '/en/feeds', '/en/map', '/ko/indicators', '/en/disaster-safety', '/ko/atmosphere', '/ko/traffic', '/en/urban-projects', '/en/data'];

/** One reader with connections and cookies of its own. */
class Reader {
  #agent; #cookies = new Map();
  constructor(sockets = 16) { this.#agent = new http.Agent({ keepAlive: true, maxSockets: sockets }); }

  /** { status, ms, text, headers }; status 0 where there was no answer. */
  ask(path, { form, method = form ? 'POST' : 'GET', body, headers = {}, timeout = 20000 } = {}) {
    const data = body ?? (form && new URLSearchParams(form).toString());
    const began = performance.now();
    return new Promise(done => {
      const no = error => done({ status: 0, ms: performance.now() - began, text: String(error?.message ?? error), headers: {} });
      const request = http.request(new URL(path, address), { method, agent: this.#agent, timeout, headers: {
        ...(this.#cookies.size ? { cookie: [...this.#cookies].map(([n, v]) => `${n}=${v}`).join('; ') } : {}),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}), ...(data ? { 'content-length': Buffer.byteLength(data) } : {}), ...headers } }, answer => {
        for (const c of answer.headers['set-cookie'] ?? []) { const [n, v] = c.split(';')[0].split(/=(.*)/s); this.#cookies.set(n, v); }
        const parts = [];
        answer.on('data', p => parts.push(p)).on('error', no).on('end', () => done({ status: answer.statusCode, ms: performance.now() - began, text: Buffer.concat(parts).toString(), headers: answer.headers }));
      });
      request.on('error', no).on('timeout', () => request.destroy(new Error('no answer')));
      request.end(data);
    });
  }

  async token(path) { return /name="__RequestVerificationToken"[^>]*value="([^"]+)"/.exec((await this.ask(path)).text)?.[1]; }

  /** Signs in by one of the links that a demonstration prints. */
  async signIn(link) {
    const path = new URL(link).pathname;
    const { status } = await this.ask(path, { form: { __RequestVerificationToken: await this.token(path) } });
    if (status !== 302) throw new Error(`the link ${link} does not sign in: ${status}`);
    return this;
  }

  close() { this.#agent.destroy(); }
}

const streamOf = async page => /"(\/live\?[^"]*)"/.exec((await new Reader().ask(page)).text)[1].replaceAll('&amp;', '&');

/** An open stream that counts its bytes and opens itself anew when it ends. */
function follow(path, tally) {
  http.get(new URL(path, address), { agent: false, headers: { accept: 'text/event-stream' } }, a => {
    a.on('data', d => tally.bytes += d.length).on('error', () => {}).on('close', () => { tally.ended++; setTimeout(() => follow(path, tally), 1000); });
  }).on('error', () => { tally.ended++; setTimeout(() => follow(path, tally), 1000); });
}

function process_(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = name => +new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1];
  return { rss: kb('VmRSS') / 1024, threads: kb('Threads'), files: readdirSync(`/proc/${pid}/fd`).length };
}

/** The slope of a line through the points, per unit of x. */
function slope(points) {
  const n = points.length, mx = points.reduce((s, p) => s + p[0], 0) / n, my = points.reduce((s, p) => s + p[1], 0) / n;
  return points.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / points.reduce((s, [x]) => s + (x - mx) ** 2, 0);
}

async function long(pid, link, minutes) {
  const anyone = new Reader(), official = await new Reader(4).signIn(link);
  const streams = { bytes: 0, ended: 0 }, statuses = {}, path = await streamOf('/ko');
  for (let i = 0; i < 20; i++) follow(path, streams);
  let asked = 0, times = [];
  const asking = setInterval(async () => {
    const n = asked++;
    const { status, ms } = await (n % 10 === 9 ? official : anyone).ask(pages[Math.floor(n / 10 + n) % pages.length]);
    statuses[status] = (statuses[status] ?? 0) + 1;
    times.push(ms);
  }, 20);
  const samples = [], began = Date.now();
  console.log('UTC       minute  RSS MB  threads  files  p95 ms  stream MB');
  for (let next = began; ; next += 30000) {
    await sleep(Math.max(0, next - Date.now()));
    const s = { minute: (Date.now() - began) / 60000, ...process_(pid) }, sorted = times.sort((a, b) => a - b);
    times = [];
    samples.push(s);
    console.log(`${new Date().toISOString().slice(11, 19)}  ${round(s.minute, 1).padStart(6)}  ${round(s.rss, 1).padStart(6)}  ${String(s.threads).padStart(7)}  ${String(s.files).padStart(5)}  ${round(at(sorted, 0.95)).padStart(6)}  ${round(streams.bytes / 1e6, 1).padStart(9)}`);
    if (s.minute > minutes - 0.1) break;
  }
  clearInterval(asking);
  console.log(`${asked} requests (${round(asked / minutes / 60, 1)} a second) by status: ${JSON.stringify(statuses)}; streams that ended: ${streams.ended}`);
  const hourly = part => slope(part.map(s => [s.minute / 60, s.rss]));
  const warm = Math.min(60, minutes / 3), after = samples.filter(s => s.minute >= warm);
  for (let from = 0; from + 1 < minutes; from += 15) {
    const part = samples.filter(s => s.minute >= from && s.minute <= from + 15);
    if (part.length > 4) console.log(`minutes ${from} to ${round(part.at(-1).minute)}: RSS ${round(Math.min(...part.map(s => s.rss)), 1)} to ${round(Math.max(...part.map(s => s.rss)), 1)} MB, ${round(hourly(part), 1)} MB an hour`);
  }
  const of = key => after.map(s => s[key]);
  console.log(`after minute ${round(warm)}: RSS ${round(Math.min(...of('rss')), 1)} to ${round(Math.max(...of('rss')), 1)} MB, slope ${round(hourly(after), 2)} MB an hour; threads ${Math.min(...of('threads'))} to ${Math.max(...of('threads'))}, files ${Math.min(...of('files'))} to ${Math.max(...of('files'))}`);
  must(Object.keys(statuses).every(s => s === '200'), 'not every answer was 200');
  must(hourly(after) <= 1, 'memory grows by more than 1 MB an hour');
  must(Math.max(...of('files')) - Math.min(...of('files')) <= 30, 'the number of open files is not steady');
}

const drills = { long: () => long(rest[0], rest[1], +rest[2]) };
await drills[drill]();
console.log(wrong.length ? `NOT as promised: ${wrong.join('; ')}` : 'as promised');
process.exit(wrong.length ? 1 : 0);

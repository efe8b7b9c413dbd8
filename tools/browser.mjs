// Chromium by its own debugging pipe, without a package: for tools that look at a running host. Nothing outside this machine is asked.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function open(program = process.env.CHROMIUM ?? '/usr/bin/chromium') {
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const child = spawn(program, ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1', '--remote-debugging-pipe', `--user-data-dir=${folder}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map(), listeners = new Set();
  let number = 0, held = '';
  child.stdio[4].on('data', more => {
    const parts = (held + more).split('\0');
    held = parts.pop();
    for (const message of parts.map(p => JSON.parse(p))) {
      if (!message.id) { listeners.forEach(l => l(message)); continue; }
      const { done, failed } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) failed(new Error(message.error.message)); else done(message.result);
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((done, failed) => {
    waiting.set(++number, { done, failed });
    child.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId }) + '\0');
  });
  return {
    /** A page of its own size; <c>before</c> runs in it before anything of the page does. */
    async page(width, height, before = '') {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const ask = (method, params) => send(method, params, sessionId);
      await ask('Page.enable');
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      if (before) await ask('Page.addScriptToEvaluateOnNewDocument', { source: before });
      return {
        ask,
        async go(url) {
          const loaded = new Promise(done => {
            const l = m => { if (m.sessionId === sessionId && m.method === 'Page.loadEventFired') { listeners.delete(l); done(); } };
            listeners.add(l);
          });
          await ask('Page.navigate', { url });
          await loaded;
        },
        async read(expression) {
          const answer = await ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
          if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? 'the page threw');
          return answer.result.value;
        },
        close: () => send('Target.closeTarget', { targetId }),
      };
    },
    async close() {
      try { await send('Browser.close'); } catch { /* it is gone */ }
      // its own processes write until they are gone
      if (child.exitCode === null) { const gone = new Promise(done => child.once('exit', done)); child.kill(); await gone; }
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

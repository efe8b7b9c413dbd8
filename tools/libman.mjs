// What `libman restore` does for the filesystem provider, for machines on which the official tool cannot be restored.
// Same manifest, same limits: only the top level of a library's folder, * and ? with ! to exclude, destinations below
// the manifest. Usage: node tools/libman.mjs [libman.json]
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

const manifestPath = resolve(process.argv[2] ?? 'libman.json');
const root = dirname(manifestPath);
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
const seen = new Set();
let copied = 0;

const fail = message => { console.error(`libman.json : error LIB001: ${message}`); process.exitCode = 1; };
const pattern = glob => new RegExp('^' + glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.') + '$');

function wanted(library, available) {
  const files = new Set();
  for (const entry of library.files ?? ['*']) {
    if (entry.startsWith('!')) [...files].filter(f => pattern(entry.slice(1)).test(f)).forEach(f => files.delete(f));
    else if (/[*?]/.test(entry)) available.filter(f => pattern(entry).test(f)).forEach(f => files.add(f));
    else if (available.includes(entry)) files.add(entry);
    else fail(`${library.library} has no file ${entry}`);
  }
  return files;
}

for (const library of manifest.libraries) {
  const from = resolve(root, library.library);
  const to = resolve(root, library.destination ?? manifest.defaultDestination ?? '');
  if ((library.provider ?? manifest.defaultProvider) !== 'filesystem') { fail(`${library.library} names a provider that needs the official tool`); continue; }
  if (seen.has(library.library)) { fail(`${library.library} is listed twice`); continue; }
  seen.add(library.library);
  if (to === root || !(to + sep).startsWith(root + sep)) { fail(`the destination of ${library.library} is missing or outside the project`); continue; }
  if (!existsSync(from)) { fail(`${library.library} is not installed: run npm ci`); continue; }
  const isFile = statSync(from).isFile();
  const available = isFile ? [basename(from)] : readdirSync(from, { withFileTypes: true }).filter(e => e.isFile()).map(e => e.name);
  for (const file of wanted(library, available)) {
    const source = isFile ? from : join(from, file);
    const target = join(to, file);
    if (existsSync(target) && readFileSync(source).equals(readFileSync(target))) continue;
    mkdirSync(to, { recursive: true });
    copyFileSync(source, target);
    copied++;
  }
}
if (copied) console.log(`libman: ${copied} files copied`);

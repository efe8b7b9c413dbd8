// Reads a main screen and succeeds when its list has a value for each of 25 areas and the tile of the same source is less
// than 10 s old, and not of the future. For tools/fresh-clone.sh and tools/drills.sh.
import { readFileSync } from 'node:fs';

const html = readFileSync(0, 'utf8');
const list = html.match(/<div id="list-atmosphere-air-map"[\s\S]*?<\/table>/)?.[0] ?? '';
const values = [...list.matchAll(/<td class="num">(-?\d[\d.,]*)<\/td>/g)].length;
const now = Number(html.match(/data-now="(\d+)"/)?.[1]);
const asOf = Date.parse(html.match(/id="tile-atmosphere-air-tile"[\s\S]*?datetime="([^"]+)"/)?.[1] ?? '');
process.exit(values === 25 && now - asOf < 10_000 && asOf - now < 10_000 ? 0 : 1);

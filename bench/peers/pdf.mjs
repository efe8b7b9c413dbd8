// The same tagged table over pages as ours, by pdfkit. Usage: node pdf.mjs FILE ROWS ROWS-A-PAGE REGULAR.ttf BOLD.ttf; prints milliseconds.
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import PDFDocument from 'pdfkit';

const [file, rows, page, regular, bold] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), readFileSync(process.argv[5]), readFileSync(process.argv[6])];
const epoch = Date.UTC(2020, 0, 1), left = [42, 130, 235, 330, 430], heads = ['번호', '측정소', '시각 (Asia/Seoul)', '값 (µg/m³)', '등급'];

async function write(to, count) {
  const doc = new PDFDocument({ size: 'A4', margin: 42, tagged: true, lang: 'ko-KR', pdfVersion: '1.7', displayTitle: true, info: { Title: '대기질 보고서' }, autoFirstPage: false, bufferPages: true });
  const out = createWriteStream(to);
  doc.pipe(out);
  doc.registerFont('r', regular);
  doc.registerFont('b', bold);
  const root = doc.struct('Document');
  doc.addStructure(root);
  const table = doc.struct('Table');
  const cell = (row, tag, font, text, x, y) => row.add(doc.struct(tag, () => { doc.font(font).fontSize(8.5).text(text, x, y, { lineBreak: false }); }));
  let y = 0;
  for (let i = 0; i < count; i++) {
    if (i % page === 0) {
      doc.addPage();
      y = 60;
      if (i === 0) {
        root.add(doc.struct('H1', () => { doc.font('b').fontSize(17).text('대기질 보고서', 42, 30, { lineBreak: false }); }));
        root.add(table);
        const head = doc.struct('TR');
        table.add(head);
        heads.forEach((h, c) => cell(head, 'TH', 'b', h, left[c], y));
        head.end();
      } else doc.markContent('Artifact', { type: 'Pagination' }), heads.forEach((h, c) => doc.font('b').fontSize(8.5).text(h, left[c], y, { lineBreak: false })), doc.endMarkedContent();
      y += 15;
    }
    const row = doc.struct('TR');
    table.add(row);
    const at = new Date(epoch + i * 60000).toISOString();
    [String(i), '측정소 station ' + i % 25, at.slice(0, 10) + ' ' + at.slice(11, 16), (i * 7 % 1130 / 10).toFixed(1), i % 3 === 0 ? '나쁨 bad' : '좋음 good'].forEach((text, c) => cell(row, 'TD', 'r', text, left[c], y));
    row.end();
    y += 11;
    doc.markContent('Artifact');
    doc.lineWidth(0.3).moveTo(42, y).lineTo(553, y).stroke('#ccc');
    doc.endMarkedContent();
    y += 4;
  }
  table.end();
  root.end();
  const pages = doc.bufferedPageRange().count;
  for (let i = 0; i < pages; i++) {
    doc.switchToPage(i);
    doc.markContent('Artifact', { type: 'Pagination' });
    doc.font('r').fontSize(8).text(`${i + 1} / ${pages}쪽`, 500, 785, { lineBreak: false });
    doc.endMarkedContent();
  }
  doc.end();
  await once(out, 'finish');
  return pages;
}

await write(file, page * 2);
const began = performance.now();
const pages = await write(file, rows);
console.log(Math.round(performance.now() - began), pages);

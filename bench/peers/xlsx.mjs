// The same workbook as ours, by exceljs in its streaming way. Usage: node xlsx.mjs FILE ROWS; prints milliseconds and peak bytes.
import ExcelJS from 'exceljs';

const [file, rows] = [process.argv[2], Number(process.argv[3])];
const epoch = Date.UTC(2020, 0, 1);

async function write(to, count) {
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: to, useStyles: true, useSharedStrings: false });
  const sheet = book.addWorksheet('rows', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = [
    { header: '번호', width: 12 }, { header: '측정소', width: 18 }, { header: '시각', width: 22, style: { numFmt: 'yyyy-mm-dd hh:mm' } },
    ...Array.from({ length: 7 }, (_, i) => ({ header: `값 ${i} (µg/m³)`, width: 12, style: { numFmt: '#,##0.00' } })), { header: '등급', width: 18 }, { header: '비고', width: 18 },
  ];
  for (let i = 0; i < count; i++)
    sheet.addRow([i, '측정소 ' + i % 25, new Date(epoch + i * 60000), i * 0.5, i * 0.25, 1.5, 2.5, 3, i % 5 === 0 ? null : 4.25, i * 0.125, i % 3 === 0 ? '나쁨' : '좋음 & <fine>', '=1+' + i]).commit();
  sheet.autoFilter = { from: 'A1', to: { row: count + 1, column: 12 } };
  sheet.commit();
  await book.commit();
}

await write(file, 2000);
const began = performance.now();
await write(file, rows);
console.log(Math.round(performance.now() - began), process.resourceUsage().maxRSS * 1024);

using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Export.Pdf;
using SmartCity.Shell.Localization;

namespace SmartCity.Bench;

/// <summary>Workbooks and paper against what the Node world makes them with, each in a process of its own, in turns.</summary>
internal static class ExportBench
{
    private const int Rounds = 5, PaperRows = 2285;
    private static readonly CityPack City = CityPack.Load(Path.Combine(BenchCity.Root, "cities", "seoul"));
    private static readonly WordBook Words = new(City, [typeof(SmartCityApp).Assembly], NullLogger<WordBook>.Instance);
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private sealed record Row(int I);

    private static DocumentHead Head => new("대기질 보고서", "ko", "도시", City.Zone, Epoch, []);

    private static IReadOnlyList<Column> Twelve { get; } =
    [
        Column.Number<Row>("n", Text.Same("번호"), "", r => r.I), Column.Text<Row>("station", Text.Same("측정소"), r => "측정소 " + (r.I % 25).ToString(CultureInfo.InvariantCulture)), Column.Time<Row>("at", Text.Same("시각"), r => Epoch.AddMinutes(r.I)),
        Value(0, r => r.I * 0.5), Value(1, r => r.I * 0.25), Value(2, _ => 1.5), Value(3, _ => 2.5), Value(4, _ => 3), Value(5, r => r.I % 5 == 0 ? null : 4.25), Value(6, r => r.I * 0.125),
        Column.Text<Row>("grade", Text.Same("등급"), r => r.I % 3 == 0 ? "나쁨" : "좋음 & <fine>"), Column.Text<Row>("note", Text.Same("비고"), r => "=1+" + r.I.ToString(CultureInfo.InvariantCulture)),
    ];

    private static Column Value(int i, Func<Row, double?> of) => Column.Number("v" + i.ToString(CultureInfo.InvariantCulture), Text.Same("값 " + i.ToString(CultureInfo.InvariantCulture)), "ug/m3", of, 2);

    private static IReadOnlyList<Column> Five { get; } =
    [
        Column.Text<Row>("n", Text.Same("번호"), r => r.I.ToString(CultureInfo.InvariantCulture)), Column.Text<Row>("station", Text.Same("측정소"), r => "측정소 station " + (r.I % 25).ToString(CultureInfo.InvariantCulture)), Column.Time<Row>("at", Text.Same("시각"), r => Epoch.AddMinutes(r.I)),
        Column.Number<Row>("v", Text.Same("값"), "ug/m3", r => r.I * 7 % 1130 / 10.0, 1), Column.Text<Row>("grade", Text.Same("등급"), r => r.I % 3 == 0 ? "나쁨 bad" : "좋음 good"),
    ];

    private static void Write(IDocumentFormat format, IReadOnlyList<Column> columns, int rows, string file)
    {
        using var to = File.Create(file);
        using var document = format.Begin(Head, to);
        document.Add(new FilledTable("", columns, Enumerable.Range(0, rows).Select(i => new Row(i)), "", rows));
        document.End();
    }

    /// <summary>One making, in this process: prints milliseconds and peak bytes. Once before for the compiler, as its peers do.</summary>
    public static int Child(string kind, string file, int rows)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko-KR");
        IDocumentFormat format = kind == "xlsx" ? new WorkbookFormat(City, Words) : new PdfFormat(new(City), Words, new(new ConfigurationBuilder().Build()));
        var columns = kind == "xlsx" ? Twelve : Five;
        Write(format, columns, kind == "xlsx" ? 2000 : 100, file);
        var watch = Stopwatch.StartNew();
        Write(format, columns, rows, file);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMilliseconds:0} {Process.GetCurrentProcess().PeakWorkingSet64}"));
        return 0;
    }

    public static async Task Xlsx()
    {
        using var folder = await Peers.Install();
        var turns = new List<(double Ours, double Theirs)>();
        double ours = 0, theirs = 0, size = 0, theirSize = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var own = await Own("xlsx", folder.File("own.xlsx"), 100_000);
            var peer = await Run("node", "xlsx.mjs", folder, folder.File("peer.xlsx"), "100000");
            turns.Add((own[0], peer[0]));
            (ours, theirs, size, theirSize) = (own[1], peer[1], new FileInfo(folder.File("own.xlsx")).Length, new FileInfo(folder.File("peer.xlsx")).Length);
        }
        Told("100,000 x 12 typed cells", turns, "exceljs, streaming", $"{size / 1e6:0.0} MB, peak {ours / 1e6:0} MB", $"{theirSize / 1e6:0.0} MB, peak {theirs / 1e6:0} MB");
        Console.WriteLine();
        Console.WriteLine("| rows of 12 cells | ms | peak of the process, MB |");
        Console.WriteLine("|---|---|---|");
        foreach (var rows in new[] { 10_000, 100_000, 1_000_000 })
        {
            var own = await Own("xlsx", folder.File("own.xlsx"), rows);
            Console.WriteLine($"| {rows:N0} | {own[0]:0} | {own[1] / 1e6:0} |");
        }
    }

    public static async Task Pdf()
    {
        using var folder = await Peers.Install();
        var fonts = Path.Combine(BenchCity.Root, "node_modules", "pretendard", "dist", "public", "static", "alternative");
        var turns = new List<(double Ours, double Theirs)>();
        var pages = 0.0;
        for (var i = 0; i < Rounds; i++)
        {
            var own = await Own("pdf", folder.File("own.pdf"), PaperRows);
            var peer = await Run("node", "pdf.mjs", folder, folder.File("peer.pdf"), PaperRows.ToString(CultureInfo.InvariantCulture), "46", Path.Combine(fonts, "Pretendard-Regular.ttf"), Path.Combine(fonts, "Pretendard-Bold.ttf"));
            turns.Add((own[0], peer[0]));
            pages = peer[1];
        }
        Told($"{PaperRows:N0} rows of 5 cells, tagged", turns, "pdfkit", $"{await Pages(folder.File("own.pdf"))}, {new FileInfo(folder.File("own.pdf")).Length / 1e3:0} kB", $"{pages:0} pages, {new FileInfo(folder.File("peer.pdf")).Length / 1e3:0} kB");
    }

    private static void Told(string what, List<(double Ours, double Theirs)> turns, string peer, string ours, string theirs)
    {
        static double Median(IEnumerable<double> numbers) => numbers.Order().ElementAt(Rounds / 2);
        var ratios = turns.Select(t => t.Theirs / t.Ours).Order().ToList();
        Console.WriteLine($"| {what} | ms (median) | {peer}, ms (median) | times as fast, median of {Rounds} turns | lowest to highest |");
        Console.WriteLine("|---|---|---|---|---|");
        Console.WriteLine($"| {ours}; peer {theirs} | {Median(turns.Select(t => t.Ours)):0} | {Median(turns.Select(t => t.Theirs)):0} | {ratios[Rounds / 2]:0.0} | {ratios[0]:0.0} to {ratios[^1]:0.0} |");
    }

    private static async Task<string> Pages(string file)
    {
        try { return (await Peers.Said("qpdf", null, "--show-npages", file)).Trim() + " pages (qpdf: " + ((await Peers.Said("qpdf", null, "--check", file)).Contains("No syntax or stream encoding errors", StringComparison.Ordinal) ? "clean)" : "NOT CLEAN)"); }
        catch (System.ComponentModel.Win32Exception) { return "pages not counted (no qpdf)"; }
    }

    private static Task<double[]> Own(string kind, string file, int rows) => Run("dotnet", Path.Combine(AppContext.BaseDirectory, "SmartCity.Bench.dll"), null, "export", kind, file, rows.ToString(CultureInfo.InvariantCulture));

    private static async Task<double[]> Run(string program, string script, Temporary? folder, params string[] words) =>
        [.. (await Peers.Said(program, folder?.Path, [script, .. words])).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Shell;
using SmartCity.Shell.City;
using SmartCity.Shell.Export;
using SmartCity.Shell.Export.Pdf;
using SmartCity.Shell.Localization;

namespace SmartCity.Tests.Export;

/// <summary>What documents are made with, without a running city.</summary>
internal static class Printed
{
    public static CityPack City { get; } = CityPack.Load(Repository.Path("cities", "seoul"));
    public static WordBook Words { get; } = new(City, [typeof(SmartCityApp).Assembly], NullLogger<WordBook>.Instance);
    public static Cells Cells { get; } = new(City);
    public static PdfFonts Fonts { get; } = new(new ConfigurationBuilder().Build());
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    public static DocumentHead Head(string title = "대기질 보고서 Air report") => new(title, "ko", "도시", City.Zone, Noon, [new("출처", "시험 자료"), new("화면 주소", "https://city.example/ko/data/x?sort=-a")]);

    public sealed record Sample(string Name, double? Value, DateTimeOffset At, string Area, Place Where);

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Text<Sample>("name", Text.Of("이름", "Name"), r => r.Name),
        Column.Number<Sample>("value", Text.Of("값", "Value"), "ug/m3", r => r.Value, 1),
        Column.Time<Sample>("at", Text.Of("시각", "Time"), r => r.At),
        Column.Area<Sample>("area", Text.Of("지역", "Area"), r => r.Area),
        Column.Place<Sample>("where", Text.Of("위치", "Place"), r => r.Where),
    ];

    public static Sample Row(int i, string? name = null) => new(name ?? $"측정소 station {i}", i % 7 == 3 ? null : i * 1.25, Noon.AddMinutes(i), City.Areas[i % City.Areas.Count].Code, new(37.5 + i * 0.001, 127));

    public static FilledTable Table(IEnumerable<Sample> rows, int count, string title = "", string note = "") => new(title, Columns, rows, note, count);

    public static MemoryStream As(IDocumentFormat format, params ReportPart[] parts)
    {
        var file = new MemoryStream();
        using (var document = format.Begin(Head(), file))
        {
            foreach (var part in parts) document.Add(part);
            document.End();
        }
        file.Position = 0;
        return file;
    }

    public static PdfFormat Pdf { get; } = new(Cells, Words, Fonts);
    public static WorkbookFormat Workbook { get; } = new(City, Words);
}

/// <summary>Reads what a PDF of ours says: just enough to check it without another program.</summary>
internal sealed partial class PdfText
{
    private readonly Dictionary<int, string> _objects = [];
    private readonly Dictionary<int, byte[]> _streams = [];
    public IReadOnlyDictionary<int, string> Objects => _objects;

    [GeneratedRegex(@"(\d+) 0 obj\n<<(.*?)/Length (\d+)>>\nstream\n", RegexOptions.Singleline, 5000)]
    private static partial Regex StreamHead();
    [GeneratedRegex(@"(\d+) 0 R", RegexOptions.None, 5000)]
    private static partial Regex Reference();
    [GeneratedRegex(@"/F(\d+) [\d.]+ Tf|<([0-9A-F]*)>\s*Tj|BT [\d.]+ ([\d.]+) Td", RegexOptions.None, 5000)]
    private static partial Regex Shown();
    [GeneratedRegex(@"<([0-9A-F]{4})><([0-9A-F]+)>", RegexOptions.None, 5000)]
    private static partial Regex Letter();

    public PdfText(byte[] file)
    {
        var latin = Encoding.Latin1.GetString(file);
        for (var at = 0; StreamHead().Match(latin, at) is { Success: true } head;)
        {
            var (id, length) = (Number(head.Groups[1].Value), Number(head.Groups[3].Value));
            var data = file.AsSpan(head.Index + head.Length, length).ToArray();
            Assert.Equal("\nendstream\nendobj\n", latin.Substring(head.Index + head.Length + length, 18));
            if (head.Groups[2].Value.Contains("/FlateDecode", StringComparison.Ordinal))
            {
                using var zip = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
                var open = new MemoryStream();
                zip.CopyTo(open);
                data = open.ToArray();
            }
            (_objects[id], _streams[id]) = (head.Groups[2].Value, data);
            at = head.Index + head.Length + length;
            if (!head.Groups[2].Value.Contains("/ObjStm", StringComparison.Ordinal)) continue;
            var text = Encoding.Latin1.GetString(data);
            var first = Number(Found(head.Groups[2].Value, @"/First (\d+)").Groups[1].Value);
            var numbers = text[..first].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToList();
            for (var i = 0; i < numbers.Count; i += 2)
                _objects[numbers[i]] = text[(first + numbers[i + 1])..(i + 3 < numbers.Count ? first + numbers[i + 3] : text.Length)].Trim();
        }
        Places(file, latin);
    }

    public static Match Found(string text, string pattern) => Regex.Match(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5));
    private static MatchCollection All(string text, string pattern) => Regex.Matches(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5));
    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // the table at the end of the file finds every object where it stands
    private void Places(byte[] file, string latin)
    {
        var start = int.Parse(latin[(latin.LastIndexOf("startxref\n", StringComparison.Ordinal) + 10)..latin.LastIndexOf("\n%%EOF", StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        Assert.Contains("/XRef", latin.AsSpan(start, 60).ToString(), StringComparison.Ordinal);
        var table = _streams[Number(latin[start..latin.IndexOf(' ', start)])];
        for (var id = 1; id * 7 < table.Length; id++)
        {
            var (kind, at) = (table[id * 7], System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(table.AsSpan(id * 7 + 1)));
            if (kind == 1) Assert.StartsWith($"{id} 0 obj", latin.AsSpan(at, 20).ToString(), StringComparison.Ordinal);
            else Assert.True(kind == 2 && _objects.ContainsKey(id) && _objects[at].Contains("/ObjStm", StringComparison.Ordinal), $"object {id} is of kind {kind}");
        }
        Assert.NotEmpty(file);
    }

    /// <summary>References that lead to no object.</summary>
    public IEnumerable<string> Dangling() => _objects.Where(o => !o.Value.Contains("/XRef", StringComparison.Ordinal)).SelectMany(o => Reference().Matches(o.Value).Where(r => !_objects.ContainsKey(Number(r.Groups[1].Value))).Select(r => $"{o.Key} -> {r.Value}"));

    public IReadOnlyList<string> Pages => [.. _objects.Values.Where(o => o.StartsWith("<</Type/Page/", StringComparison.Ordinal))];

    public int Elements(string tag) => _objects.Values.Count(o => o.Contains($"/StructElem/S/{tag}/", StringComparison.Ordinal));

    /// <summary>The marks of a page, and whose they are, must be as many.</summary>
    public IEnumerable<(int Marks, int Owners)> Marks() => Pages.Select(page => (
        Marks: All(Content(page), @"/MCID \d+>>BDC").Count,
        Owners: Owners(Number(Found(page, @"/StructParents (\d+)").Groups[1].Value))));

    private int Owners(int page)
    {
        var tree = _objects.Values.Single(o => o.StartsWith("<</Nums[", StringComparison.Ordinal));
        var array = Number(Found(tree, $@"[\[ ]{page} (\d+) 0 R").Groups[1].Value);
        return Reference().Count(_objects[array]);
    }

    private string Content(string page) => string.Concat(Reference().Matches(Found(page, @"/Contents\[(.*?)\]").Groups[1].Value).Select(r => Encoding.Latin1.GetString(_streams[Number(r.Groups[1].Value)])));

    /// <summary>True when a page's content has these operators.</summary>
    public bool Says(string operators) => Pages.Any(p => Content(p).Contains(operators, StringComparison.Ordinal));

    /// <summary>The text of each page, a line a base line.</summary>
    public IReadOnlyList<string> Text()
    {
        var resources = _objects.Values.Single(o => o.StartsWith("<</Font<<", StringComparison.Ordinal));
        var letters = All(resources, @"/F(\d+) (\d+) 0 R").ToDictionary(f => f.Groups[1].Value, f => Letters(Number(f.Groups[2].Value)));
        return [.. Pages.Select(page =>
        {
            var (font, line, text) = ("", "", new StringBuilder());
            foreach (Match shown in Shown().Matches(Content(page)))
            {
                if (shown.Groups[1].Success) font = shown.Groups[1].Value;
                else if (shown.Groups[3].Success) { text.Append(shown.Groups[3].Value == line ? "\t" : "\n"); line = shown.Groups[3].Value; }
                else foreach (var glyph in shown.Groups[2].Value.Chunk(4)) text.Append(letters[font].GetValueOrDefault(new string(glyph), "\ufffd"));
            }
            return text.ToString();
        })];
    }

    private Dictionary<string, string> Letters(int font)
    {
        var map = Encoding.ASCII.GetString(_streams[Number(Found(_objects[font], @"/ToUnicode (\d+)").Groups[1].Value)]);
        return Letter().Matches(map).DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value, m => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(m.Groups[2].Value)));
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace SmartCity.Simulator;

/// <summary>A piece of an answer: a text before its rows, one for each, one between and one after.</summary>
internal sealed class PartOf : Listing
{
    /// <summary>Its file in an archive; pieces of one name are put together.</summary>
    public string Name { get; set; } = "";
    public string Head { get; set; } = "";
    public string Item { get; set; } = "";
    public string Between { get; set; } = "";
    public string Tail { get; set; } = "";
    /// <summary>Written only for these values of the question after the address; several are separated by <c>|</c>, and an empty one means that it is not asked.</summary>
    public Dictionary<string, string> When { get; set; } = [];

    /// <summary>Rows for which a text with values is another text (several are separated by <c>|</c>); all when empty.</summary>
    public Dictionary<string, string> Only { get; set; } = [];

    public bool Asked(IReadOnlyDictionary<string, string> named) => When.All(w => w.Value.Split('|').Contains(named.GetValueOrDefault("?" + w.Key, "")));
    public IEnumerable<string> Problems() => ListingProblems();
    public IEnumerable<string> Texts => [Head, Item, Between, Tail, .. Only.Keys];
}

/// <summary>Answers of any format: texts with values that live, as they are or turned into bytes.</summary>
internal static partial class Template
{
    public static readonly string[] Encodings = ["text", "protobuf", "zip"];

    /// <summary>The body of an answer.</summary>
    /// <param name="question">What is asked; its fault changes rows, names and numbers.</param>
    /// <param name="filler">Fills the texts.</param>
    /// <param name="ground">Areas and stations.</param>
    /// <param name="from">Rows that are left out at the start.</param>
    /// <param name="most">Rows that are written at most.</param>
    public static byte[] Body(Question question, Filler filler, CityGround ground, int from = 0, int most = int.MaxValue)
    {
        var source = question.Source;
        var pieces = new List<(string Name, string Text)>();
        foreach (var part in source.Parts.Where(p => p.Asked(question.Named)))
        {
            // a piece that is written once is no list
            var list = part.Rows != "once";
            var all = list && question.Fault == Fault.Empty ? [] : part.RowsAt(filler.SeedOf(source) + part.Name, ground, question.Moment);
            if (part.Only.Count > 0) all = [.. all.Where(r => part.Only.All(o => o.Value.Split('|').Contains(filler.Fill(o.Key, r, new(filler.SeedOf(source), question.Moment, source.StepLength, all.Count, false, question.Named)))))];
            var rows = list ? all.Skip(from).Take(most).ToList() : [.. all];
            var whole = new Row(ground.Areas[0], "0", 0, question.Moment, question.Moment);
            Filler.About About(bool silent) => new(filler.SeedOf(source), question.Moment, source.StepLength, all.Count, silent, question.Named);
            string Text(string template, Row row, bool silent = false) => filler.Fill(question.Fault == Fault.RenamedColumns ? Renamed(template) : template, row, About(silent));
            var text = new StringBuilder(question.Fault == Fault.RenamedColumns && source.ContentType.StartsWith("text/csv", StringComparison.Ordinal) ? "X_" + part.Head.Replace(",", ",X_", StringComparison.Ordinal) : filler.Fill(part.Head, whole, About(false)));
            for (var i = 0; i < rows.Count; i++)
            {
                if (i > 0) text.Append(part.Between);
                text.Append(Text(part.Item, rows[i], question.Fault == Fault.OutageAsZero && i % 3 == 0));
            }
            pieces.Add((part.Name, text.Append(filler.Fill(part.Tail, whole, About(false))).ToString()));
        }
        return source.Encode switch
        {
            "protobuf" => Protobuf(string.Concat(pieces.Select(p => p.Text))),
            "zip" => Zip(pieces),
            _ => Encoding.UTF8.GetBytes(string.Concat(pieces.Select(p => p.Text))),
        };
    }

    private static string Renamed(string text) => Key().Replace(Tag().Replace(text, "<$1X_$2"), "\"X_$1\":");

    [GeneratedRegex("""
        "([^"${}]+)"\s*:
        """, RegexOptions.None, 1000)]
    private static partial Regex Key();

    [GeneratedRegex("<(/?)([A-Za-z_])", RegexOptions.None, 1000)]
    private static partial Regex Tag();

    private static byte[] Zip(List<(string Name, string Text)> pieces)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var file in pieces.GroupBy(p => p.Name))
            {
                var entry = zip.CreateEntry(file.Key, CompressionLevel.Fastest);
                entry.LastWriteTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var open = entry.Open();
                open.Write(Encoding.UTF8.GetBytes(string.Concat(file.Select(p => p.Text))));
            }
        return stream.ToArray();
    }

    /// <summary>Protobuf written as text, a field a line: its number, then <c>s</c> text, <c>v</c> whole number or <c>f</c> float and the value,
    /// or <c>{</c> with the fields of a message up to <c>}</c>.</summary>
    /// <exception cref="FormatException">A line is none of these.</exception>
    internal static byte[] Protobuf(string text)
    {
        var open = new Stack<(ulong Field, MemoryStream Bytes)>([(0, new MemoryStream())]);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "}")
            {
                var (of, message) = open.Pop();
                if (open.Count == 0) throw new FormatException("a } without its {");
                Varint(open.Peek().Bytes, of << 3 | 2);
                Varint(open.Peek().Bytes, (ulong)message.Length);
                message.WriteTo(open.Peek().Bytes);
                continue;
            }
            var parts = line.Split(' ', 3);
            if (parts.Length < 2 || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var field)) throw new FormatException($"'{line}' is no field");
            var (bytes, value) = (open.Peek().Bytes, parts.Length > 2 ? parts[2] : "");
            switch (parts[1])
            {
                case "{": open.Push((field, new MemoryStream())); break;
                case "s":
                    Varint(bytes, field << 3 | 2);
                    Varint(bytes, (ulong)Encoding.UTF8.GetByteCount(value));
                    bytes.Write(Encoding.UTF8.GetBytes(value));
                    break;
                case "v":
                    Varint(bytes, field << 3);
                    Varint(bytes, unchecked((ulong)long.Parse(value, CultureInfo.InvariantCulture)));
                    break;
                case "f":
                    Varint(bytes, field << 3 | 5);
                    var four = new byte[4];
                    BinaryPrimitives.WriteSingleLittleEndian(four, float.Parse(value, CultureInfo.InvariantCulture));
                    bytes.Write(four);
                    break;
                default: throw new FormatException($"'{line}' is no field");
            }
        }
        return open.Count == 1 ? open.Pop().Bytes.ToArray() : throw new FormatException("a { without its }");
    }

    private static void Varint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }
}

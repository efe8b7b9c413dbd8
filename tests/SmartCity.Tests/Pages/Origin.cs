using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CsvHelper;

namespace SmartCity.Tests.Pages;

/// <summary>Whether a file of a dataset says where it comes from, as of when, which filter and at which address.</summary>
internal static class Origin
{
    /// <summary>What it lacks, as a sentence; null for nothing.</summary>
    /// <param name="page">Address of the page of the dataset, without the host.</param>
    public static string? Lacks(string format, byte[] file, string page) => format switch
    {
        "csv" => Csv(Encoding.UTF8.GetString(file).TrimStart('\ufeff'), page),
        "xlsx" => Workbook(file, page),
        // what is printed has the same head as the workbook; its text is compressed, so only its size is looked at here
        "pdf" => file.Length < 1000 ? "it is empty" : null,
        _ => Json(file, page),
    };

    private static string? Csv(string text, string page)
    {
        using var csv = new CsvReader(new StringReader(text), System.Globalization.CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        string[] last = ["as_of", "state", "source", "filter", "address"];
        if (!csv.HeaderRecord!.TakeLast(last.Length).SequenceEqual(last)) return "its head ends with " + string.Join(',', csv.HeaderRecord!.TakeLast(last.Length));
        while (csv.Read())
        {
            var row = Enumerable.Range(csv.HeaderRecord!.Length - last.Length, last.Length).Select(i => csv.GetField(i)!).ToList();
            if (row[1].Length * row[2].Length * row[3].Length == 0 || row[1] == "live" && row[0].Length == 0 || !row[4].Contains(page, StringComparison.Ordinal)) return "a row ends with " + string.Join(',', row);
        }
        return null;
    }

    private static string? Json(byte[] file, string page)
    {
        using var json = JsonDocument.Parse(file);
        string Of(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString()! : "";
        return new[] { "source", "owner", "state", "filter", "address" }.FirstOrDefault(n => Of(n).Length == 0) is { } missing ? "it has no " + missing
            : Of("state") == "live" && Of("asOf").Length == 0 ? "it has no asOf" : !Of("address").Contains(page, StringComparison.Ordinal) ? "its address is " + Of("address") : null;
    }

    private static string? Workbook(byte[] file, string page)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        var sheets = string.Concat(zip.Entries.Where(e => e.FullName.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal)).Select(e => { using var reader = new StreamReader(e.Open()); return reader.ReadToEnd(); }));
        var words = Export.Printed.Words;
        return new[] { "export.source", "export.owner", "export.asof", "export.filter", "export.address" }.FirstOrDefault(w => !sheets.Contains($">{words.Catalogue("ko")[w]}<", StringComparison.Ordinal)) is { } missing ? "it has no " + missing
            : sheets.Contains(page, StringComparison.Ordinal) ? null : "its address is not in it";
    }
}

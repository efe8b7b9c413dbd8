using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Rows of a table of separated values with one header line.</summary>
internal static class CsvRows
{
    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        var encoding = Encodings.Named(context.Options.Encoding is { } named ? $"text/csv; charset={named}" : context.ContentType) ?? new UTF8Encoding(false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(new MemoryStream(body.ToArray()), encoding, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd();
        // a number that was cut in half is still a number
        if (context.Options.LastLineEnds && !text.EndsWith('\n') && !text.EndsWith('\r')) throw new InvalidDataException("the last line does not end, so it may be cut off; if this source never ends it, say read: { lastLineEnds: false }");
        using var csv = new CsvReader(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim, MissingFieldFound = null, DetectColumnCountChanges = true, Delimiter = context.Options.Delimiter ?? ",", MaxFieldSize = 64 * 1024,
        });
        for (var i = 0; i < context.Options.SkipLines; i++) csv.Read();
        var table = new Table { Outcome = FetchOutcome.Ok };
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { Length: > 0 } header) return Table.Of(FetchOutcome.Unparsable, "there is no header");
        var at = header.Select(h => table.Column(h.Trim())).ToArray();
        while (csv.Read())
        {
            if (table.Rows.Count == Table.MaxRows) throw new InvalidDataException($"more than {Table.MaxRows} rows");
            var row = new Cell[table.Columns.Count];
            for (var i = 0; i < at.Length; i++) row[at[i]] = Cell.Of(csv.GetField(i) ?? "");
            table.Rows.Add(row);
        }
        return table.Rows.Count > 0 ? table : Table.Of(FetchOutcome.Empty);
    }
}

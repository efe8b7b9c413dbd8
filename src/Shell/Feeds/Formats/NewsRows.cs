using System.Globalization;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>RSS and Atom as rows.</summary>
internal static class NewsRows
{
    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        var (outcome, documents, detail) = NewsReader.Read(new(FetchOutcome.Ok, body.ToArray(), ContentType: context.ContentType), context.Zone, context.Now, context.Options.Encoding);
        if (outcome != FetchOutcome.Ok) return Table.Of(outcome, detail);
        var table = new Table { Outcome = FetchOutcome.Ok };
        foreach (var document in documents)
        {
            var row = new RowOf(table);
            row.Set("id", document.Id);
            row.Set("title", document.Title);
            row.Set("link", document.Link);
            row.Set("published", document.Published.ToString("O", CultureInfo.InvariantCulture));
            row.Set("summary", document.Summary);
            row.Set("language", document.Language);
            row.Add();
        }
        return table;
    }
}

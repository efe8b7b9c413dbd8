using System.Runtime.CompilerServices;

namespace SmartCity.Shell.Export;

/// <summary>Makes files of documents: a few at a time, so that those who read pages do not wait for those who print.</summary>
internal sealed class Press(IEnumerable<IDocumentFormat> formats, ILogger<Press> log) : IDisposable
{
    /// <summary>How long somebody waits for a place.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
    /// <summary>How long a file may take that somebody waits for; what takes longer is made in the background.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(1);
    private readonly IReadOnlyDictionary<string, IDocumentFormat> _formats = formats.ToDictionary(f => f.Ending, StringComparer.Ordinal);
    private readonly SemaphoreSlim _places = new(2, 2);

    public IDocumentFormat? Find(string ending) => _formats.GetValueOrDefault(ending);

    /// <summary>Prints into a file that is gone when it is closed. What goes wrong is known before the first byte is sent.</summary>
    /// <param name="format">What to print.</param>
    /// <param name="head">What the document says of itself.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="done">Told after each part how many are done.</param>
    /// <param name="cancel">Stops between two parts and between two rows.</param>
    public async Task<FileStream> Print(IDocumentFormat format, DocumentHead head, IAsyncEnumerable<ReportPart> parts, Action<int>? done, CancellationToken cancel)
    {
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"smartcity-{Guid.NewGuid():N}.{format.Ending}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            using (var document = format.Begin(head, file))
            {
                var count = 0;
                await foreach (var part in parts.WithCancellation(cancel))
                {
                    document.Add(part is FilledTable table ? table with { Rows = Stoppable(table.Rows, cancel) } : part);
                    done?.Invoke(++count);
                }
                document.End();
            }
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same as an answer to somebody who waits for it.</summary>
    public async Task<IResult> Answer(IDocumentFormat format, DocumentHead head, IAsyncEnumerable<ReportPart> parts, string name, CancellationToken cancel)
    {
        if (!await _places.WaitAsync(Patience, cancel)) return Results.Problem("Too many files are being made at this moment. Try again in a minute.", statusCode: StatusCodes.Status503ServiceUnavailable);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Longest);
        try { return Results.File(await Print(format, head, parts, null, limit.Token), format.ContentType, name); }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return Results.Problem("This takes too long to wait for. Choose less of it, or have it made and kept on the page of the report.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            log.LogDebug("Nobody waits for {File} any more", name);
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        finally { _places.Release(); }
    }

    private static IEnumerable<object> Stoppable(IEnumerable<object> rows, CancellationToken cancel)
    {
        foreach (var row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    public void Dispose() => _places.Dispose();
}

/// <summary>As of when, and who says so, in words.</summary>
internal static class Provenance
{
    public static string Line(AsOf asOf, IWords words, Cells cells) => string.Join(" · ", Facts(asOf, words, cells).Select(f => f.Value).SkipLast(1).Append(asOf.At is { } at ? words.Of("asof.at", When(at, asOf, words, cells)) : When(null, asOf, words, cells)));

    private static string When(DateTimeOffset? at, AsOf asOf, IWords words, Cells cells) => at is { } known
        ? cells.When(known) + (asOf.Freshness == Freshness.Live ? "" : $" ({words["fresh." + asOf.Freshness.ToString().ToLowerInvariant()]})")
        : words["outcome." + asOf.Outcome.ToString().ToLowerInvariant()];

    public static IEnumerable<KeyValuePair<string, string>> Facts(AsOf asOf, IWords words, Cells cells)
    {
        yield return new(words["export.source"], asOf.Source.ToString() + (asOf.Demonstration ? $" ({words["demo.short"]})" : ""));
        yield return new(words["export.owner"], asOf.Owner.ToString());
        yield return new(words["export.asof"], When(asOf.At, asOf, words, cells));
    }
}

/// <summary>What is on a dataset's page, as a document: the same rows in the same order, and what was asked.</summary>
internal sealed class DatasetDocument(DatasetReader reader, IWords words, Cells cells, City.CityPack city, TimeProvider time)
{
    /// <summary>Rows that are printed on paper; a workbook takes all.</summary>
    public const int MostOnPaper = 5000;

    public DocumentHead Head(DatasetAnswer answer, string address)
    {
        var facts = new List<KeyValuePair<string, string>> { new(words["export.contents"], answer.Dataset.Summary.ToString()) };
        facts.AddRange(Provenance.Facts(reader.AsOf(answer.Dataset), words, cells));
        facts.Add(new(words["export.filter"], Filter(answer)));
        facts.Add(new(words["export.rows"], words.Of("data.rows", answer.Rows.Count)));
        if (city.LicenceOf(answer.Dataset) is { Length: > 0 } licence) facts.Add(new(words["export.licence"], licence));
        facts.Add(new(words["export.address"], address));
        var now = time.GetUtcNow();
        facts.Add(new(words["export.made"], $"{cells.When(now)} ({city.Zone.Id})"));
        return new(words.Title(answer.Dataset), words.Language, city.Name.ToString(), city.Zone, now, facts);
    }

    /// <summary>The filters and the order in words.</summary>
    public string Filter(DatasetAnswer answer)
    {
        var parts = new List<string>();
        foreach (var filter in answer.Dataset.Filters)
            parts.Add($"{filter.Title}: {filter.Choices(city).Where(c => c.Key == answer.Filters[filter.Name]).Select(c => c.Value.ToString()).FirstOrDefault(answer.Filters[filter.Name])}");
        foreach (var (key, value) in answer.Where)
        {
            var column = answer.Dataset.Columns.First(c => c.Key == key);
            parts.Add($"{column.Title}: {(column.Kind == ColumnKind.Area ? city.Area(value)?.Name.ToString() ?? value : value)}");
        }
        if (parts.Count == 0) parts.Add(words["data.all"]);
        if (answer.Sort is { } sort) parts.Add(words.Of(answer.Descending ? "export.descending" : "export.ascending", answer.Dataset.Columns.First(c => c.Key == sort).Title));
        return string.Join(", ", parts);
    }

    public async IAsyncEnumerable<ReportPart> Parts(DatasetAnswer answer, IDocumentFormat format, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.CompletedTask;
        cancel.ThrowIfCancellationRequested();
        yield return Table(answer, "", format.Ending == "pdf");
    }

    /// <summary>The rows as a part of a document.</summary>
    /// <param name="answer">The rows.</param>
    /// <param name="title">Empty where the document's own says it.</param>
    /// <param name="paper">True when at most <see cref="MostOnPaper"/> are wanted.</param>
    public FilledTable Table(DatasetAnswer answer, string title, bool paper)
    {
        var note = words.Of("data.rows", answer.Rows.Count);
        if (title.Length > 0) note += " · " + Provenance.Line(reader.AsOf(answer.Dataset), words, cells);
        if (title.Length > 0 && (answer.Where.Count > 0 || answer.Filters.Count > 0 || answer.Sort is not null)) note += " · " + Filter(answer);
        var cut = paper && answer.Rows.Count > MostOnPaper;
        if (cut) note += " · " + words.Of("export.cut", MostOnPaper);
        return new(title, answer.Dataset.Columns, cut ? answer.Rows.Take(MostOnPaper) : answer.Rows, note, answer.Rows.Count);
    }
}

using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds;

/// <summary><c>feeds check PACK</c> and <c>feeds try FILE --as FORMAT</c>: the feed path over files, without network and store.</summary>
internal static class FeedCommands
{
    /// <summary>Said of a descriptor whose problems are listed by themselves.</summary>
    public const string Unplanned = "cannot be planned";
    private const long MaxBytes = 20 * 1024 * 1024;

    /// <summary>Reads a file as one answer and prints a line of JSON for every record it would store, or one line that says why it is refused.</summary>
    /// <returns>0, or 1 when it is refused.</returns>
    public static async Task<int> Try(string file, string format, CityPack city, TimeProvider time, TextWriter output)
    {
        int Refused(FetchOutcome outcome, string? reason)
        {
            output.WriteLine($"refused: {FeedTrial.Class(outcome)}: {NewsReader.Plain(reason is { Length: > 0 } said ? said : "no reason given", 400)}");
            return 1;
        }
        FeedPlan plan;
        try { plan = FeedTrial.PlanOf(format, city); }
        catch (CannotStartException wrong) { return Refused(FetchOutcome.BadRequest, wrong.Message); }
        var info = new FileInfo(file);
        if (!info.Exists) return Refused(FetchOutcome.Unreachable, $"there is no file {file}");
        if (info.Length > MaxBytes) return Refused(FetchOutcome.TooLarge, $"the file is larger than {MaxBytes / 1024 / 1024} MB");
        var answer = new Answer(FetchOutcome.Ok, await System.IO.File.ReadAllBytesAsync(file));
        var results = FeedTrial.ReadAll(plan, city, answer, time.GetUtcNow());
        var good = results.Where(r => r.Outcome == FetchOutcome.Ok).ToList();
        var lines = good.SelectMany(r => FeedTrial.Lines(r.Mapped!, r.Plan.Feed.Properties)).ToList();
        // what one preset has no rows for, another may have
        if (lines.Count == 0 && results.FirstOrDefault(r => r.Outcome is not (FetchOutcome.Ok or FetchOutcome.Empty)) is { } refused) return Refused(refused.Outcome, refused.Detail);
        // all of it well and none of it this city's, or deleted: then there is nothing to store
        if (lines.Count == 0 && good.FirstOrDefault(r => r.Detail is not null) is { } unread) return Refused(FetchOutcome.SchemaDrift, unread.Detail);
        foreach (var line in lines) await output.WriteLineAsync(line);
        return 0;
    }

    /// <summary>Replays every descriptor of a pack against its stored sample and prints what it would store.</summary>
    /// <returns>0 when every descriptor has a sample and each came to what it should, else 1.</returns>
    public static async Task<int> Check(CityPack city, Catalogue catalogue, TimeProvider time, TextWriter output)
    {
        var problems = new List<Problem>();
        var (good, bad) = (0, 0);
        foreach (var descriptor in FeedPlan.Descriptors(city, problems))
        {
            var (ok, line) = await Check(descriptor, city, catalogue, time.GetUtcNow(), problems);
            if (ok) good++; else bad++;
            await output.WriteLineAsync($"{(ok ? "ok     " : "WRONG  ")} {descriptor.File,-32} {line}");
        }
        foreach (var problem in problems) await output.WriteLineAsync($"WRONG   {problem.Where}: {problem.What}");
        await output.WriteLineAsync($"{good} descriptors as they should be, {bad + problems.Count} wrong.");
        return bad + problems.Count == 0 ? 0 : 1;
    }

    /// <summary>One descriptor, put together with its feed and replayed against its sample.</summary>
    public static async Task<(bool Ok, string Line)> Check(FeedDescriptor d, CityPack city, Catalogue catalogue, DateTimeOffset now, List<Problem> problems)
    {
        // a feed of a module that is not here is checked by what its descriptor says of itself
        var feed = FeedPlan.FeedOf(d, catalogue) ?? FeedPlan.FeedOf(d, null)!;
        if (FeedPlan.Plan(city, feed, d, problems) is not { } plan) return (false, Unplanned);
        if (d.Sample is null) return (false, "has no sample");
        var path = Path.Combine(city.Folder, "feeds", d.Sample);
        if (!System.IO.File.Exists(path)) return (false, $"the sample {d.Sample} is missing");
        var body = await System.IO.File.ReadAllBytesAsync(path);
        if (plan.Format == "image")
        {
            var (outcome, type, width, height, detail) = PictureReader.Read(new(FetchOutcome.Ok, body));
            return (outcome == FetchOutcome.Ok, outcome == FetchOutcome.Ok ? $"picture: {type} {width} × {height}" : $"{FeedTrial.Class(outcome)}: {detail}");
        }
        // a sample is of the day it was recorded on: what it calls the future was the present
        var result = FeedTrial.Read(plan, city, new(FetchOutcome.Ok, body, ContentType: d.SampleType), now);
        if (result.Outcome != FetchOutcome.Ok) return (false, $"{FeedTrial.Class(result.Outcome)}: {result.Detail}");
        var m = result.Mapped!;
        var counts = new[] { (m.Readings.Count, "observations"), (m.Things.Count, "things"), (m.Events.Count, "events"), (m.Figures.Count, "figures"), (m.Documents.Count, "documents") }.Where(c => c.Item1 > 0).Select(c => $"{c.Item1} {c.Item2}");
        return (true, $"{string.Join(", ", counts)}{(m.Unmapped.Count > 0 ? $"; not mapped: {NewsReader.Plain(string.Join(", ", m.Unmapped), 120)}" : "")}{(result.Detail is { } detail2 ? $"; {detail2}" : "")}");
    }
}

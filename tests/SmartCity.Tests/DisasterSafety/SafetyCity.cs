using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.DisasterSafety;
using SmartCity.Shell.Access;
using SmartCity.Shell.Feeds;
using SmartCity.Simulator;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>A city whose dispatch system says what the test says.</summary>
public sealed class SafetyCity : IAsyncLifetime
{
    internal TestCity City { get; private set; } = null!;
    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private long _version;

    public async ValueTask InitializeAsync()
    {
        City = await TestCity.Start(null, "--Indicators:Compute=0");
        await City.UntilFed();
        // from now on only the test speaks
        City.Simulator.SetFault("dispatch", Fault.Refuse);
    }

    public async ValueTask DisposeAsync() => await City.DisposeAsync();

    /// <summary>Lets the dispatch system tell of a run, as its connector would, and returns the incident's address.</summary>
    internal Task<string> Tell(Event run) => Tell(City, run with { Version = ++_version });

    internal static async Task<string> Tell(TestCity city, Event run)
    {
        var book = city.Services.GetRequiredService<FeedBook>();
        var plan = book.Plans.Single(p => p.Feed.Key == DisasterSafetyModule.Dispatch);
        var versions = book.TakeEvents(plan, [run], complete: false, run.FetchedAt);
        await city.Services.GetRequiredService<Shell.Store.ReadingStore>().Records.AddEvents(DisasterSafetyModule.Dispatch, versions, Cancel);
        city.Signal(DisasterSafetyModule.Dispatch);
        return "/en/disaster-safety/incidents/d-" + run.Id;
    }

    internal static Event Run(string id, string kind = "fire", bool test = false, DateTimeOffset? since = null) => Made.Run(id, kind, since: since ?? DateTimeOffset.UtcNow.AddMinutes(-3), test: test) with { ReportedAt = DateTimeOffset.UtcNow, FetchedAt = DateTimeOffset.UtcNow };

    internal Task<IReadOnlyList<AuditEntry>> Audit(string kind, string subject) => Audit(City, kind, subject);

    internal static async Task<IReadOnlyList<AuditEntry>> Audit(TestCity city, string kind, string subject)
    {
        await using var scope = city.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccessDb>().Audit.AsNoTracking().Where(a => a.Kind == kind && a.Subject == subject).ToListAsync(Cancel);
    }

    internal static string Words(IDocument page) => page.QuerySelector("main")!.TextContent;
}

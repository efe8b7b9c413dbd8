using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCity.Shell;
using SmartCity.Tests.Feeds;

namespace SmartCity.Tests.Catalogues;

/// <summary>A module whose work in the background fails: its pages say so, and the city stands.</summary>
public sealed class BrokenModuleTests
{
    private sealed record Row(string Name);

    private sealed class Module(string key, Func<IHostedService> work) : IModule
    {
        public string Key => key;
        public Text Title { get; } = Text.Of("모듈 " + key, "Module " + key);
        public IEnumerable<Contribution> Contributions =>
        [
            new Permission(key + ".view", Title, Roles.Anyone),
            Dataset.Of(key + ".rows", Title, [], Title, _ => Task.FromResult<IReadOnlyList<Row>>([new("one")]), Column.Text<Row>("name", Title, r => r.Name)),
        ];
        // the container makes it, and its constructor may fail as well
        public void AddServices(IServiceCollection services, IConfiguration settings) => services.AddSingleton(_ => work());
    }

    private sealed class Work(Func<Task>? start = null, Func<CancellationToken, Task>? run = null) : BackgroundService
    {
        public bool Stopped { get; private set; }
        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            if (start is not null) await start();
            await base.StartAsync(cancellationToken);
        }
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => run?.Invoke(stoppingToken) ?? Task.Delay(Timeout.Infinite, stoppingToken);
        public override Task StopAsync(CancellationToken cancellationToken)
        {
            Stopped = true;
            return base.StopAsync(cancellationToken);
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> Get(TestCity city, string address)
    {
        using var client = city.Client();
        using var answer = await client.GetAsync(address);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Work_that_cannot_be_made_or_started_breaks_its_module_and_no_other()
    {
        var log = new LogBook();
        var whole = new Work();
        var city = await TestCity.Start(c =>
        {
            c.Services.AddSingleton<ILoggerProvider>(log);
            c.Modules([new Module("unmade", () => throw new InvalidOperationException("cannot be made")), new Module("unstarted", () => new Work(start: () => throw new InvalidOperationException("cannot start"))), new Module("whole", () => whole)]);
        });
        await using (city)
        {
            foreach (var module in new[] { "unmade", "unstarted" })
            {
                var (status, page) = await Get(city, "/en/" + module);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
                Assert.Contains($"“Module {module}” could not start", page, StringComparison.Ordinal);
                Assert.Equal(HttpStatusCode.NotFound, (await Get(city, $"/data/{module}.rows.csv")).Status);
                Assert.Single(log.Of(LogLevel.Error), l => l.Contains($"The module {module} failed in the background", StringComparison.Ordinal));
            }
            Assert.Equal(HttpStatusCode.OK, (await Get(city, "/en")).Status);
            Assert.Equal(HttpStatusCode.OK, (await Get(city, "/data/whole.rows.csv")).Status);
            Assert.False(whole.ExecuteTask!.IsCompleted);
            await city.UntilFed();
            Assert.Equal((HttpStatusCode.OK, "ready; broken: unmade, unstarted"), await Get(city, "/health/ready"));
            // those who run the city read it on the page about the sources, the public does not
            using var chief = await city.Client(Roles.Administrator);
            Assert.Contains("Module unstarted” is broken: cannot start", WebUtility.HtmlDecode(await chief.GetStringAsync("/en/feeds")), StringComparison.Ordinal);
            Assert.DoesNotContain("is broken", (await Get(city, "/en/feeds")).Text, StringComparison.Ordinal);
        }
        Assert.True(whole.Stopped, "the work of a whole module was not told to stop");
    }

    [Fact]
    public async Task Work_that_fails_later_breaks_its_module_while_the_city_runs()
    {
        var now = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var city = await TestCity.Start(c => c.Modules([new Module("later", () => new Work(run: async _ =>
        {
            await now.Task;
            throw new InvalidOperationException("not any more");
        })), new Module("whole", () => new Work())]));
        Assert.Equal(HttpStatusCode.OK, (await Get(city, "/data/later.rows.csv")).Status);
        now.SetResult();
        await TestCity.Until(() => city.Services.GetRequiredService<BrokenModules>().All.ContainsKey("later"), "the module counts as broken");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Get(city, "/en/later")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(city, "/data/later.rows.csv")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Get(city, "/data/whole.rows.csv")).Status);
        Assert.False(city.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Stopping_the_city_breaks_no_module()
    {
        var city = await TestCity.Start(c => c.Modules([new Module("whole", () => new Work())]));
        var broken = city.Services.GetRequiredService<BrokenModules>();
        await city.DisposeAsync();
        Assert.Empty(broken.All);
    }

    [Fact]
    public async Task What_a_module_tells_a_person_on_purpose_still_stops_the_start()
    {
        var told = await Assert.ThrowsAsync<WrongPackException>(() => TestCity.Start(c => c.Modules([new Module("telling", () => new Work(start: () => throw new WrongPackException("the pack is wrong")))])));
        Assert.Equal("the pack is wrong", told.Message);
    }
}

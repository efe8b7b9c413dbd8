namespace SmartCity.Tests.Feeds;

/// <summary>Ten thousand bad bodies for every format and every preset. A million each, and how long one takes, in <c>bench -- fuzz</c>.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 10_000;
    private static readonly IReadOnlyList<FuzzTarget> All = FuzzTarget.All(Tried.City, Repository.Root);

    public static TheoryData<string> Targets => [.. All.Select(t => t.Name)];

    [Fact]
    public async Task No_body_makes_a_format_or_a_preset_throw_run_on_or_give_what_is_no_number()
    {
        var wrong = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var work = Parallel.ForEachAsync(All, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken }, (target, stop) =>
        {
            var mutator = new Mutator(Seed(target.Name));
            for (var i = 0; i < Inputs && !stop.IsCancellationRequested; i++)
            {
                var body = mutator.Next(target.Seeds);
                if (target.Try(Tried.City, body) is not { } what) continue;
                wrong.Enqueue($"{target.Name}, input {i}: {what}\n{Convert.ToBase64String(body)}");
                break;
            }
            return ValueTask.CompletedTask;
        });
        // one that never ends would otherwise hold the whole run
        await work.WaitAsync(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void What_is_fuzzed_can_be_read(string name)
    {
        var target = All.Single(t => t.Name == name);
        Assert.NotEmpty(target.Seeds);
        Assert.All(target.Seeds, seed => Assert.Null(target.Try(Tried.City, seed)));
    }

    [Fact]
    public void Every_format_and_every_preset_is_fuzzed()
    {
        var names = All.Select(t => t.Name).ToHashSet();
        Assert.All(Shell.Feeds.Formats.Formats.All.Keys, f => Assert.Contains("format " + f, names));
        Assert.All(Directory.GetFiles(Repository.Path("presets"), "*.yaml"), p => Assert.Contains(Path.GetFileNameWithoutExtension(p), names));
    }

    [Fact]
    public void The_fuzzing_finds_what_is_wrong()
    {
        var target = All.Single(t => t.Name == "usgs");
        var broken = target with { Plan = target.Plan with { Format = "no such format" } };
        Assert.Contains("KeyNotFoundException", broken.Try(Tried.City, target.Seeds[0]), StringComparison.Ordinal);
    }

    private static int Seed(string name) => name.Aggregate(17, (hash, c) => unchecked(hash * 31 + c));
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Access;
using SmartCity.Shell.City;
using SmartCity.Shell.Localization;
using SmartCity.Tests.Access;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>A pack with projects of its own, without a host.</summary>
internal sealed class ProjectPack : IDisposable
{
    public ProjectPack(params (string File, string Text)[] projects)
    {
        Folder = Directory.CreateTempSubdirectory("smartcity-projects-").FullName;
        var seoul = Repository.Path("cities", "seoul");
        foreach (var file in new[] { "city.json", "outline.geojson", "water.geojson" }) File.Copy(Path.Combine(seoul, file), Path.Combine(Folder, file));
        Directory.CreateDirectory(Path.Combine(Folder, "projects"));
        foreach (var (file, text) in projects) File.WriteAllText(Path.Combine(Folder, "projects", file), text);
        City = CityPack.Load(Folder);
        Words = new((CityPack)City, [typeof(UrbanProjectsModule).Assembly], Microsoft.Extensions.Logging.Abstractions.NullLogger<WordBook>.Instance);
    }

    public string Folder { get; }
    public ICity City { get; }
    public WordBook Words { get; }
    public Pack Load() => Pack.Load(City);

    /// <summary>A project that is right; every field says something that stands nowhere else.</summary>
    public const string Right = """
        classification: {ko: "시험", en: "Trial class"}
        order: 1
        projects:
          - key: quiet-square
            name: {ko: "고요한 광장", en: "Quiet square"}
            summary: {ko: "TOKENSUMMARY 요약", en: "TOKENSUMMARY text"}
            department: regeneration
            people:
              - {post: {ko: "TOKENPOST 과장", en: "TOKENPOST head"}, name: "TOKENPERSON", phone: "02-0000-7531"}
            contract: {contractor: {ko: "TOKENCONTRACT 업체", en: "TOKENCONTRACT builders"}, amount: 4321, number: "TOKENNUMBER"}
            areas: ["11140"]
            place: [126.9912, 37.5634]
            start: 2024-01-17
            end: 2031-07-23
            budget: {2024: [76543, 71234], 2025: 64321}
            progress: {2024-05-13: 7, 2025-02-11: 23}
            stages: {2024-01-19: preparing, 2024-06-21: works}
            milestones:
              - {key: plan, name: {ko: "TOKENMILESTONE 계획", en: "TOKENMILESTONE plan"}, planned: 2024-03-14, actual: 2024-03-15}
              - {key: works, name: {ko: "공사", en: "Building"}, planned: 2031-03-12, after: [plan]}
              - {key: opening, name: {ko: "개장", en: "Opening"}, planned: 2031-07-23, after: [works], days: 30}
            indicators: [vacant-shops]
            news: ["광장"]
            published: true
            open: [summary]

        """;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>A whole city whose pack has one project more, and people who belong to departments.</summary>
public sealed class ProjectCity : IAsyncLifetime
{
    private readonly string _pack = Directory.CreateTempSubdirectory("smartcity-projectcity-").FullName;

    internal TestCity City { get; private set; } = null!;
    internal string Documents { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var seoul = Repository.Path("cities", "seoul");
        foreach (var file in Directory.GetFiles(seoul, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_pack, Path.GetRelativePath(seoul, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        await File.WriteAllTextAsync(Path.Combine(_pack, "projects", "trial.yaml"), ProjectPack.Right);
        // a file that is wrong must not keep the others from being seen
        await File.WriteAllTextAsync(Path.Combine(_pack, "projects", "zz-broken.yaml"), "classification: [\n");
        Documents = Path.Combine(_pack, "documents");
        City = await TestCity.Start(city =>
        {
            city.Modules(TierD.Modules);
            city.With(Pledges);
        }, $"--City={_pack}", "--Indicators:Compute=0", $"--urban-projects:Documents={Documents}");
    }

    public async ValueTask DisposeAsync()
    {
        await City.DisposeAsync();
        Directory.Delete(_pack, recursive: true);
    }

    private sealed record Pledge(string Project, string Promise);

    /// <summary>What a later module might offer.</summary>
    private static Dataset Pledges { get; } = Dataset.Of<Pledge>("administrative-content.pledges", Text.Of("공약", "Pledges"), [], Text.Of("공약 목록", "A list of pledges"),
        _ => Task.FromResult<IReadOnlyList<Pledge>>([new("quiet-square", "A square without noise"), new("another", "Somewhere else")]),
        Column.Text<Pledge>("project", Text.Of("사업", "Project"), p => p.Project), Column.Text<Pledge>("promise", Text.Of("약속", "Promise"), p => p.Promise));

    /// <summary>A browser in which a new person of a role and a department is signed in.</summary>
    internal async Task<HttpClient> Client(string role, string? department)
    {
        await using var scope = City.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var (person, wrong) = await people.Create($"{role}-{Guid.NewGuid():N}", role);
        Assert.True(person is not null, string.Join(", ", wrong));
        await people.SetDepartment(person, department);
        var client = City.Client();
        using var used = await client.Send("/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Demonstration, TimeSpan.FromHours(1)), null);
        Assert.Equal(HttpStatusCode.Found, used.StatusCode);
        return client;
    }

    internal Task<HttpClient> Owner() => Client(Roles.Official, "regeneration");
    internal Task<HttpClient> Head() => Client(Roles.DepartmentHead, "regeneration");
}

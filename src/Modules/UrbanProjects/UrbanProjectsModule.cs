using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SmartCity.UrbanProjects;

/// <summary>The city's projects: stated in the pack, kept by their departments, published by their heads, open field by field.</summary>
public sealed class UrbanProjectsModule : IModule
{
    internal const string View = "urban-projects.view", Edit = "urban-projects.edit", Publish = "urban-projects.publish";

    /// <inheritdoc/>
    public string Key => "urban-projects";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("도시 사업", "Urban projects");

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission(View, Text.Of("도시 사업 보기", "See the urban projects"), Roles.Anyone),
        new Permission(Edit, Text.Of("자기 부서의 사업 관리", "Keep the projects of one's own department"), Roles.Official, Roles.DepartmentHead),
        new Permission(Publish, Text.Of("자기 부서의 사업 공개", "Publish the projects of one's own department"), Roles.DepartmentHead),
        new MenuItem("urban-projects.menu", Title, "/urban-projects") { Order = 61 },
        new Command("urban-projects.open", Title, "/urban-projects", Text.Of("사업|도시 사업|주요 사업", "projects|urban projects")),
        new Command("urban-projects.gantt", Text.Of("사업 일정표", "Schedule of the projects"), "/urban-projects/schedule", Text.Of("일정표|사업 일정|간트", "schedule|gantt|milestones")),
        new Command("urban-projects.late", Text.Of("지연된 사업", "Late projects"), "/urban-projects?state=late&sort=late", Text.Of("지연 사업|늦은 사업", "late projects|delayed projects")),
        Tables.List,
        Tables.Milestones,
        Tables.Budgets,
        Tables.Progress,
        Tables.States,
        Tables.Documents,
        Tables.Changes,
        Tables.Layer,
        new Tile("urban-projects.count-tile", Text.Of("도시 사업", "Projects"), ["urban-projects.list"], Tiles.Count) { Element = Element.AdministrativeStatus, Size = TileSize.Small, Url = "/urban-projects", Order = 20 },
        new Tile("urban-projects.budget-tile", Text.Of("사업 예산", "Budgets"), ["urban-projects.list"], Tiles.Budget) { Element = Element.AdministrativeStatus, Size = TileSize.Small, Url = "/urban-projects?sort=budget", Order = 21 },
        new Tile("urban-projects.late-tile", Text.Of("늦은 핵심 일정", "Critical and late"), ["urban-projects.list"], Tiles.Late) { Element = Element.AdministrativeStatus, Size = TileSize.Wide, Url = "/urban-projects/schedule?sort=late", Order = 19 },
        new SmartCity.Report("urban-projects.sheet", Text.Of("한 장 사업 개요", "Project brief on one page"), [])
        {
            Preface = Text.Of("공개된 판에서 만든 한 장 개요.", "One page, made from what is published."),
            Filters = [new("project", Text.Of("사업", "Project"), Told.Choices)],
            Parts = Told.Sheet,
        },
        new Brief("urban-projects.brief", Title, Told.Lines) { Order = 61 },
    ];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddModuleDb<UrbanProjectsDb>(UrbanProjectsDb.Module);
        services.AddSingleton<Book>().AddHostedService(s => s.GetRequiredService<Book>());
        services.AddScoped<Ledger>().AddScoped<Beside>();
        var folder = settings["Documents"];
        services.AddSingleton(s => new PaperStore(folder ?? Path.Combine(s.GetRequiredService<IHostEnvironment>().ContentRootPath, "data", "urban-projects")));
        services.AddHostedService<Leftovers>();
        services.AddSingleton(s => new KeptFolder("urban-projects.documents", s.GetRequiredService<PaperStore>().Folder, async (inside, cancel) =>
        {
            await using var db = await inside.GetRequiredService<IDbContextFactory<UrbanProjectsDb>>().CreateDbContextAsync(cancel);
            return await db.Papers.AsNoTracking().ToDictionaryAsync(p => p.File, p => p.Sha256, StringComparer.Ordinal, cancel);
        }));
    }

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints) 
    {
        PaperFiles.Map(endpoints);
        PlaceFile.Map(endpoints);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Check(ICity city, IWords words) => Pack.Load(city).Problems.Select(p => Pack.Sentence(p, words));
}

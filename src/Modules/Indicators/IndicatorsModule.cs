using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Indicators;

/// <summary>The city's indicators: defined as data, shown at three depths, corrected and disputed in the open.</summary>
public sealed class IndicatorsModule : IModule
{
    internal const string View = "indicators.view", Dispute = "indicators.dispute", Edit = "indicators.edit", Define = "indicators.define";

    /// <inheritdoc/>
    public string Key => "indicators";

    /// <inheritdoc/>
    public Text Title { get; } = Text.Of("시정 지표", "Indicators");

    /// <inheritdoc/>
    public IEnumerable<Contribution> Contributions =>
    [
        new Permission(View, Text.Of("시정 지표 보기", "See the indicators"), Roles.Anyone),
        new Permission(Dispute, Text.Of("지표 값에 이의 제기", "Dispute a value"), [Roles.Citizen, .. Roles.Staff, Roles.Administrator]),
        new Permission(Edit, Text.Of("지표 값 입력과 정정", "Enter and correct values"), [Roles.Official, Roles.DepartmentHead, Roles.MayorsOffice]),
        new Permission(Define, Text.Of("지표 정의", "Define indicators"), [Roles.DepartmentHead, Roles.MayorsOffice]),
        new MenuItem("indicators.menu", Title, "/indicators") { Order = 60 },
        new Command("indicators.open", Title, "/indicators", Text.Of("지표|시정 지표|시장 현황", "indicators|city indicators|targets")),
        new Command("indicators.worst", Text.Of("부족한 지표 10", "The ten shortcomings"), "/indicators/shortcomings", Text.Of("부족한 점|미달 지표|부족한 지표", "shortcomings|worst|behind target")),
        Tables.List,
        Tables.Values,
        Tables.Shortcomings,
        Tables.Uses,
        Tables.Corrections,
        new Tile("indicators.count-tile", Text.Of("목표 달성 지표", "Indicators on target"), ["indicators.list"], Tiles.Count) { Element = Element.AdministrativeStatus, Size = TileSize.Wide, Url = "/indicators", Order = 10 },
        new Tile("indicators.worst-tile", Text.Of("부족한 점", "Shortcomings"), ["indicators.list"], Tiles.Worst) { Element = Element.AdministrativeStatus, Size = TileSize.Tall, Url = "/indicators/shortcomings", Order = 11 },
        new Tile("indicators.best-tile", Text.Of("앞선 점", "Strengths"), ["indicators.list"], Tiles.Best) { Element = Element.AdministrativeStatus, Size = TileSize.Tall, Url = "/indicators/shortcomings#best", Order = 12 },
        new Report("indicators.book", Text.Of("시정 지표집", "Indicator book"), ["indicators.list", "indicators.shortcomings"]) { Preface = Text.Of("분야별 시정 지표의 최근 값과 정의.", "The newest values and the definitions of the city's indicators by sector.") },
    ];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddModuleDb<IndicatorsDb>(IndicatorsDb.Module);
        services.AddSingleton<Book>().AddHostedService(s => s.GetRequiredService<Book>());
        services.AddScoped<Ledger>().AddSingleton<Guesses>();
        services.AddSingleton<Downloads>().AddHostedService(s => s.GetRequiredService<Downloads>()).AddSingleton<IStartupFilter>(s => s.GetRequiredService<Downloads>());
        var every = TimeSpan.FromMinutes(settings.GetValue("Compute", 10.0));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Recorder>(s, every)).AddHostedService(s => s.GetRequiredService<Recorder>());
    }

    /// <inheritdoc/>
    public IEnumerable<string> Check(ICity city, IWords words)
    {
        IReadOnlyList<Indicator> read = [];
        return [.. WrongPackException.In(() => read = Pack.Load(city, words).Indicators), .. read.Where(i => city.Departments.Count > 0 && city.FindDepartment(i.Owner.In(city.Languages[0])) is null)
            .Select(i => $"indicators/{i.Sector.Key}.yaml: owner: {i.Owner.In(city.Languages[0])}, who answers for {i.Key}, is no department of city.json.")];
    }
}

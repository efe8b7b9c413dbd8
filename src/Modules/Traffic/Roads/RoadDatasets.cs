using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>An open event on a road.</summary>
internal sealed record RoadEvent(Event Event, string Feed, double Minutes);

/// <summary>Roads as tables.</summary>
internal static class RoadDatasets
{
    private static readonly Text AreaWord = Text.Of("지역", "Area");

    public static Dataset Incidents { get; } = Dataset.Of("traffic.incidents", Text.Of("도로 돌발 상황과 공사", "Road incidents and works"), [TrafficModule.IncidentFeed, TrafficModule.SituationFeed, TrafficModule.WorksFeed],
        Text.Of("지금 열려 있는 사고, 통제, 공사.", "Accidents, closures and works that are open now."),
        context => Task.FromResult<IReadOnlyList<RoadEvent>>([.. Roads.Open(context.Feeds).Select(e => new RoadEvent(e.Event, e.Feed, Math.Max(0, (context.Feeds.Now - (e.Event.Onset ?? e.Event.ReportedAt)).TotalMinutes)))]),
        Column.Text<RoadEvent>("title", Text.Of("내용", "What"), e => e.Event.Title),
        Column.Text<RoadEvent>("id", Text.Of("식별자", "Identifier"), e => e.Event.Id),
        Column.Text<RoadEvent>("kind", Text.Of("종류", "Kind"), e => e.Event.Kind),
        Column.Area<RoadEvent>("area", AreaWord, e => e.Event.Areas.FirstOrDefault()),
        Column.Place<RoadEvent>("place", Text.Of("위치", "Place"), e => e.Event.PlaceInDoubt is null ? e.Event.Shape?.Centre : null),
        Column.Number<RoadEvent>("minutes", Text.Of("지난 시간", "Open for"), "min", e => e.Minutes),
        Column.Time<RoadEvent>("since", Text.Of("시작", "Since"), e => e.Event.Onset ?? e.Event.ReportedAt),
        Column.Time<RoadEvent>("until", Text.Of("예상 종료", "Expected end"), e => e.Event.Expires),
        Column.Text<RoadEvent>("source", Text.Of("원천", "Feed"), e => e.Feed)) with
    { Feed = TrafficModule.IncidentFeed, Licence = Dataset.CityLicence };

    public static Dataset Speeds { get; } = Dataset.Of("traffic.speeds", Text.Of("도로별 속도", "Speeds by road"), [TrafficModule.SpeedFeed],
        Text.Of("도로마다 구간 평균 속도와 가장 느린 구간.", "The mean speed of each road's pieces, and its slowest."),
        context => Task.FromResult(Roads.Speeds(context.Feeds, context.City)),
        Column.Text<RoadSpeed>("road", Text.Of("도로", "Road"), r => r.Name),
        Column.Text<RoadSpeed>("state", Text.Of("소통", "State"), r => Roads.ClassOf(r.KmH).Title),
        Column.Number<RoadSpeed>("speed", Text.Of("평균 속도", "Mean speed"), "km/h", r => r.KmH, 1),
        Column.Number<RoadSpeed>("slowest", Text.Of("가장 느린 구간", "Slowest piece"), "km/h", r => r.Slowest, 1),
        Column.Number<RoadSpeed>("pieces", Text.Of("구간 수", "Pieces"), "", r => r.Pieces),
        Column.Time<RoadSpeed>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt)) with
    { Feed = TrafficModule.SpeedFeed, Licence = Dataset.CityLicence };

    public static Dataset Pieces { get; } = Dataset.Of("traffic.speed-pieces", Text.Of("구간별 속도", "Speeds by piece of road"), [TrafficModule.SpeedFeed],
        Text.Of("위치를 아는 도로 구간의 속도.", "The speed of each piece of road of which the city knows where it is."),
        context => Task.FromResult(Roads.Pieces(context.Feeds, context.City)),
        Column.Text<RoadPiece>("road", Text.Of("도로", "Road"), p => p.Road),
        Column.Text<RoadPiece>("id", Text.Of("식별자", "Identifier"), p => p.Key),
        Column.Area<RoadPiece>("area", AreaWord, p => p.Area),
        Column.Place<RoadPiece>("place", Text.Of("위치", "Place"), p => p.At),
        Column.Number<RoadPiece>("speed", Text.Of("속도", "Speed"), "km/h", p => p.KmH, 1),
        Column.Text<RoadPiece>("state", Text.Of("소통", "State"), p => Roads.ClassOf(p.KmH).Title),
        Column.Time<RoadPiece>("observed", Text.Of("측정 시각", "Observed"), p => p.ObservedAt)) with
    { Feed = TrafficModule.SpeedFeed, Licence = Dataset.CityLicence };

    public static Dataset HotSpots { get; } = Dataset.Of("traffic.hot-spots", Text.Of("보행자 사고 잦은 곳", "Hot spots of accidents with people on foot"), [],
        Text.Of("해마다 보행자 사고가 잦았던 곳. 시연용 자료.", "Where people on foot were hurt most often, by year. Made up for demonstration."),
        context => Task.FromResult(context.Services.GetRequiredService<HotSpots>().Of(int.Parse(context.Query["year"], CultureInfo.InvariantCulture))),
        Column.Text<HotSpot>("name", Text.Of("곳", "Place name"), h => h.Name),
        Column.Number<HotSpot>("in", Text.Of("연도", "Year"), "", h => h.Year),
        Column.Area<HotSpot>("area", AreaWord, h => h.Area),
        Column.Place<HotSpot>("place", Text.Of("위치", "Place"), h => h.Place),
        Column.Number<HotSpot>("accidents", Text.Of("사고", "Accidents"), "", h => h.Accidents),
        Column.Number<HotSpot>("deaths", Text.Of("사망", "Deaths"), "", h => h.Deaths),
        Column.Number<HotSpot>("severe", Text.Of("중상", "Badly hurt"), "", h => h.Severe)) with
    { Licence = Dataset.CityLicence, Filters = [new("year", Text.Of("연도", "Year"), YearsOf)] };

    private static IReadOnlyList<KeyValuePair<string, Text>> YearsOf(ICity city) =>
        [.. new HotSpots(city).Years.DefaultIfEmpty(0).Select(y => KeyValuePair.Create(y.ToString(CultureInfo.InvariantCulture), Text.Same(y.ToString(CultureInfo.InvariantCulture))))];
}

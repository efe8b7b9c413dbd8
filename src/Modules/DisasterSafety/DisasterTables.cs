using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.DisasterSafety;

/// <summary>An incident with what its reader may see.</summary>
internal sealed record IncidentRow(Incident Incident, Openness Openness, ICity City, IWords Words)
{
    public object? If(string field, Func<Incident, object?> value) => Openness.Shows(field) ? value(Incident) : null;
}

/// <summary>Incidents in one cell.</summary>
internal sealed record CellRow(Text What, string? Area, int Count, State State, Place Place);

internal sealed record CountRow(Area Area, Counts Counts);

internal sealed record OrderRow(Order Order, string State);

internal sealed record OpenCamera(string Camera, string Name, string Incident, DateTimeOffset Until);

/// <summary>The module's datasets.</summary>
internal static class DisasterTables
{
    public const string IncidentsKey = "disaster-safety.incidents", DeskKey = "disaster-safety.desk-incidents", OrdersKey = "disaster-safety.orders", AlarmsKey = "disaster-safety.alarms-now", GaugesKey = "disaster-safety.gauges",
        FacilitiesKey = "disaster-safety.facility-list", FloodKey = "disaster-safety.flood-list", CountsKey = "disaster-safety.counts", CellsKey = "disaster-safety.incident-places", QuakesKey = "disaster-safety.quake-list",
        NoticesKey = "disaster-safety.notices", CamerasKey = "disaster-safety.open-cameras";

    private static readonly Text AreaWord = Text.Of("지역", "Area"), KindWord = Text.Of("종류", "Kind"), WhatWord = Text.Of("내용", "What"), PlaceWord = Text.Of("위치", "Place"), SeverityWord = Text.Of("심각도", "Severity"),
        SinceWord = Text.Of("발생", "Since"), EndedWord = Text.Of("종료", "Ended"), StatusWord = Text.Of("상태", "State"), KeyWord = Text.Of("번호", "Key"), NameWord = Text.Of("이름", "Name");

    private static Filter Shown { get; } = new("shown", Text.Of("범위", "Which"), _ => [new("all", Text.Of("지난 24시간 포함", "With the last 24 hours")), new("open", Text.Of("진행 중만", "Open only"))]);

    /// <summary>What everyone may see, whoever asks: what the city closed is empty here also for its own people.</summary>
    public static Dataset Incidents { get; } = Dataset.Of(IncidentsKey, Text.Of("재난·안전 상황", "Incidents"), [],
        Text.Of("진행 중이거나 지난 24시간 안에 끝난 상황. 시가 공개하기로 한 항목만 있고, 주소는 구간까지, 위치는 칸의 가운데까지다. 훈련과 시험은 없다.", "Incidents that are open or ended within 24 hours: only the fields that the city has opened, addresses to the block, places to the middle of a cell. No exercises, no tests."),
        context => Rows(context, everyone: true),
        Column.Text<IncidentRow>("incident", KeyWord, r => r.Incident.Key),
        Column.Text<IncidentRow>("category", KindWord, r => r.If(Openness.What, i => Say.Of(i.Category))),
        Column.Text<IncidentRow>("what", WhatWord, r => r.If(Openness.What, i => Say.What(i, r.Openness))),
        Column.Area<IncidentRow>("area", AreaWord, r => r.If(Openness.Area, i => i.Areas.FirstOrDefault()) as string),
        Column.Text<IncidentRow>("block", Text.Of("구간", "Block"), r => r.Openness.AddressOf(r.Incident, r.Words)),
        Column.Text<IncidentRow>("severity", SeverityWord, r => r.If(Openness.Severity, i => Say.Of(i.Severity))),
        Column.Text<IncidentRow>("status", StatusWord, r => r.If(Openness.Status, i => Say.Of(i.Status))),
        Column.Time<IncidentRow>("since", SinceWord, r => r.If(Openness.Since, i => i.Since) as DateTimeOffset?),
        Column.Time<IncidentRow>("ended", EndedWord, r => r.If(Openness.Status, i => i.Ended) as DateTimeOffset?),
        Column.Place<IncidentRow>("place", PlaceWord, r => r.Openness.PlaceOf(r.Incident))) with { Feed = DisasterSafetyModule.Dispatch, Licence = Dataset.CityLicence, Filters = [Shown] };

    public static Dataset Desk { get; } = Dataset.Of(DeskKey, Text.Of("재난·안전 상황 (상황실)", "Incidents, for the desk"), [IncidentsKey],
        Text.Of("상황실이 보는 모든 항목: 주소, 위치, 출동대, 훈련 여부.", "Everything the desk sees: address, place, crew, and whether it is an exercise."),
        context => Rows(context, everyone: false),
        Column.Text<IncidentRow>("incident", KeyWord, r => r.Incident.Key),
        Column.Text<IncidentRow>("category", KindWord, r => Say.Of(r.Incident.Category)),
        Column.Text<IncidentRow>("what", WhatWord, r => Say.What(r.Incident, r.Openness)),
        Column.Area<IncidentRow>("area", AreaWord, r => r.Incident.Areas.FirstOrDefault()),
        Column.Text<IncidentRow>("areas", Text.Of("관련 지역", "Areas"), r => Say.Where(r.Incident, r.City, r.Words)),
        Column.Text<IncidentRow>("address", Text.Of("주소", "Address"), r => r.Incident.Address),
        Column.Text<IncidentRow>("severity", SeverityWord, r => Say.Of(r.Incident.Severity)),
        Column.Text<IncidentRow>("status", StatusWord, r => Say.Of(r.Incident.Status)),
        Column.Time<IncidentRow>("since", SinceWord, r => r.Incident.Since),
        Column.Time<IncidentRow>("ended", EndedWord, r => r.Incident.Ended),
        Column.Text<IncidentRow>("crew", Text.Of("출동대", "Crew"), r => r.Incident.Crew),
        Column.Text<IncidentRow>("source", Text.Of("원천", "Sources"), r => string.Join("; ", r.Incident.Accounts.Select(a => a.Feed))),
        Column.Text<IncidentRow>("exercise", Text.Of("훈련·시험", "Exercise or test"), r => r.Incident.Test ? Text.Of("예", "yes") : Text.Of("아니요", "no")),
        Column.Text<IncidentRow>("doubt", Text.Of("위치 의심", "Place in doubt"), r => r.Incident.PlaceInDoubt),
        Column.Place<IncidentRow>("place", PlaceWord, r => r.Incident.Place)) with { Feed = DisasterSafetyModule.Dispatch, Permission = DisasterSafetyModule.Desk, Filters = [Shown] };

    /// <summary>Open incidents by cell, so that ten thousand at one point are one sign.</summary>
    public static Dataset Cells { get; } = Dataset.Of(CellsKey, Text.Of("상황 위치", "Where incidents are"), [IncidentsKey],
        Text.Of("진행 중인 상황의 수를 지도 칸마다 센 것. 같은 칸의 상황은 하나로 묶인다.", "Open incidents counted by cells of the map; those of one cell are one row."),
        async context => OfCells(await Rows(context, everyone: true)),
        Column.Text<CellRow>("what", WhatWord, r => r.What),
        Column.Area<CellRow>("area", AreaWord, r => r.Area),
        Column.Number<CellRow>("count", Text.Of("상황 수", "Incidents"), "", r => r.Count),
        Column.Place<CellRow>("place", PlaceWord, r => r.Place)) with { Feed = DisasterSafetyModule.Dispatch, Licence = Dataset.CityLicence };

    public static Dataset Count { get; } = Dataset.Of(CountsKey, Text.Of("오늘의 재난·안전", "Today by area"), [IncidentsKey],
        Text.Of("지역마다 오늘 0시(도시 시각)부터 시작된 재난, 화재, 구조, 구급의 수. 여러 지역에 걸친 상황은 지역마다 센다.", "Disasters, fires, rescues and medical calls that began since midnight of the city, by area. An incident of several areas counts in each."),
        async context =>
        {
            var midnight = Today.Midnight(context.City, context.Now);
            var settings = DisasterSettings.Of(context.City);
            // numbers by kind and area tell what and where: they are open where both are
            if (Openness.Everyone(settings) is var open && !(open.Shows(Openness.What) && open.Shows(Openness.Area))) return [];
            var incidents = await Book(context).Since(context.Feeds, midnight, context.Cancel);
            return [.. context.City.Areas.Select(a => new CountRow(a, Counts.Of(incidents, midnight, context.Now, a.Code)))];
        },
        Column.Area<CountRow>("area", AreaWord, r => r.Area.Code),
        Column.Number<CountRow>("disaster", Say.Of(Category.Disaster), "", r => r.Counts.Disaster),
        Column.Number<CountRow>("fire", Say.Of(Category.Fire), "", r => r.Counts.Fire),
        Column.Number<CountRow>("rescue", Say.Of(Category.Rescue), "", r => r.Counts.Rescue),
        Column.Number<CountRow>("medical", Say.Of(Category.Medical), "", r => r.Counts.Medical)) with { Feed = DisasterSafetyModule.Dispatch, Licence = Dataset.CityLicence };

    public static Dataset Orders { get; } = Dataset.Of(OrdersKey, Text.Of("지시", "Orders"), [],
        Text.Of("상황마다 누구에게 무엇을 언제까지 지시했고, 언제 확인하고 끝냈는지.", "Who was asked to do what by when, acknowledged when, done when."),
        async context => (IReadOnlyList<OrderRow>)[.. (await Book(context).Orders(null, context.Cancel)).Select(o => new OrderRow(o, o.StateAt(context.Now)))],
        Column.Text<OrderRow>("incident", Text.Of("상황", "Incident"), r => r.Order.Incident),
        Column.Text<OrderRow>("to", Text.Of("받는 이", "To"), r => r.Order.To),
        Column.Text<OrderRow>("what", WhatWord, r => r.Order.What),
        Column.Text<OrderRow>("by", Text.Of("지시한 이", "By"), r => r.Order.Person),
        Column.Time<OrderRow>("given", Text.Of("지시", "Given"), r => DateTimeOffset.FromUnixTimeMilliseconds(r.Order.At)),
        Column.Time<OrderRow>("due", Text.Of("기한", "Due"), r => DateTimeOffset.FromUnixTimeMilliseconds(r.Order.Due)),
        Column.Time<OrderRow>("acknowledged", Text.Of("확인", "Acknowledged"), r => Instant(r.Order.AcknowledgedAt)),
        Column.Time<OrderRow>("done", Text.Of("완료", "Done"), r => Instant(r.Order.DoneAt)),
        Column.Text<OrderRow>("result", Text.Of("결과", "Result"), r => r.Order.Result),
        Column.Text<OrderRow>("state", StatusWord, r => r.State switch { "withdrawn" => Text.Of("철회", "Withdrawn"), "done" => Text.Of("완료", "Done"), "overdue" => Text.Of("기한 지남", "Overdue"), "acknowledged" => Text.Of("확인", "Acknowledged"), _ => Text.Of("지시됨", "Given") })) with { Permission = DisasterSafetyModule.Desk };

    public static Dataset AlarmTable { get; } = Dataset.Of(AlarmsKey, Text.Of("경보 (지금)", "Alarms, now"), [],
        Text.Of("규칙에 따라 묶인 경보와 누가 언제 확인했는지.", "Alarms, grouped by rule, and who acknowledged them when."),
        async context => await AlarmsNow(context.Services, context.Feeds, context.City, context.Cancel),
        Column.Text<Alarm>("rule", Text.Of("규칙", "Rule"), a => a.Title),
        Column.Text<Alarm>("scope", Text.Of("범위", "Scope"), a => a.Scope),
        Column.Text<Alarm>("severity", SeverityWord, a => Say.Of(a.Severity)),
        Column.Number<Alarm>("incidents", Text.Of("상황 수", "Incidents"), "", a => a.Count),
        Column.Number<Alarm>("open", Text.Of("진행 중", "Open"), "", a => a.Open),
        Column.Time<Alarm>("first", Text.Of("처음", "First"), a => a.First),
        Column.Time<Alarm>("last", Text.Of("마지막", "Last"), a => a.Last),
        Column.Text<Alarm>("acknowledgedby", Text.Of("확인한 이", "Acknowledged by"), a => a.AcknowledgedBy),
        Column.Time<Alarm>("acknowledged", Text.Of("확인 시각", "Acknowledged"), a => a.AcknowledgedAt)) with { Permission = DisasterSafetyModule.Desk };

    public static Dataset Gauge { get; } = Dataset.Of(GaugesKey, Text.Of("수위와 비", "Water and rain gauges"), [DisasterSafetyModule.River, DisasterSafetyModule.Sewer],
        Text.Of("하천, 하수관로, 강우계마다 지금 값을 그 계측기 자신의 기준에 견준 비율. 100 %가 기준이다.", "Each river, sewer and rain gauge as a share of its own threshold: 100 % is at it."),
        context => Gauges.Of(context.Feeds, context.Services.GetService<IDatasets>(), context.City, context.Cancel),
        Column.Text<GaugeRow>("gauge", NameWord, r => r.Gauge.Name),
        Column.Text<GaugeRow>("kind", KindWord, r => Of(r.Kind)),
        Column.Area<GaugeRow>("area", AreaWord, r => r.Gauge.Area),
        Column.Number<GaugeRow>("level", Text.Of("값", "Level"), "", r => r.Level, 2),
        Column.Text<GaugeRow>("unit", Text.Of("단위", "Unit"), r => r.Unit),
        Column.Number<GaugeRow>("threshold", Text.Of("기준", "Threshold"), "", r => r.Threshold, 2),
        Column.Number<GaugeRow>("ratio", Text.Of("기준 대비", "Of its threshold"), "%", r => r.Ratio is { } ratio ? ratio * 100 : null),
        Column.Time<GaugeRow>("observed", Text.Of("측정 시각", "Observed"), r => r.ObservedAt),
        Column.Place<GaugeRow>("place", PlaceWord, r => r.Gauge.Place)) with { Feed = DisasterSafetyModule.River, Licence = Dataset.CityLicence };

    public static Dataset Facilities { get; } = Things(FacilitiesKey, Text.Of("안전시설", "Safety facilities"), DisasterSafetyModule.Facilities,
        Text.Of("대피소, 소화전, 자동심장충격기, 응급의료기관.", "Shelters, hydrants, defibrillators and emergency hospitals."), Text.Of("수용·수량", "Holds"), "capacity");

    public static Dataset Flood { get; } = Things(FloodKey, Text.Of("침수 취약 지역", "Flood-prone places"), DisasterSafetyModule.FloodAreas,
        Text.Of("물에 잠기기 쉬운 지하차도, 반지하 주거지, 저지대, 하천 산책로.", "Underpasses, basement homes, low ground and stream paths that flood easily."), Text.Of("가구 수", "Households"), "households") with { Permission = DisasterSafetyModule.Desk, Licence = "" };

    private static Dataset Things(string key, Text title, string feed, Text summary, Text amount, string attribute) => Dataset.Of(key, title, [feed], summary,
        context => Task.FromResult<IReadOnlyList<Thing>>([.. context.Feeds.Latest(feed).Things.Values.OrderBy(t => Facility.OrderOf(t.Kind)).ThenBy(t => t.Key, StringComparer.Ordinal)]),
        Column.Text<Thing>("name", NameWord, t => t.Name),
        Column.Text<Thing>("kind", KindWord, t => Facility.Word(t.Kind)),
        Column.Area<Thing>("area", AreaWord, t => t.Area),
        Column.Text<Thing>("address", Text.Of("주소", "Address"), t => t.Attributes.GetValueOrDefault("address")),
        Column.Number<Thing>(attribute, amount, "", t => double.TryParse(t.Attributes.GetValueOrDefault(attribute), System.Globalization.CultureInfo.InvariantCulture, out var v) ? v : null),
        Column.Place<Thing>("place", PlaceWord, t => t.Place)) with { Feed = feed, Licence = Dataset.CityLicence };

    public static Dataset QuakeTable { get; } = Dataset.Of(QuakesKey, Text.Of("지진", "Earthquakes"), [DisasterSafetyModule.QuakeNotices, DisasterSafetyModule.Earthquakes],
        Text.Of("두 관측망이 알린 지진. 때와 곳과 규모가 맞으면 하나로 합친다.", "Earthquakes of two networks; reports that agree in time, place and magnitude are one."),
        context => Task.FromResult<IReadOnlyList<Incident>>([.. Quakes.Merge(context.Feeds.Events(DisasterSafetyModule.QuakeNotices), context.Feeds.Events(DisasterSafetyModule.Earthquakes), DisasterSettings.Of(context.City).Quakes)
            .Select(q => new Incident(Category.Disaster, q, context.Now)).Where(q => !q.Test).OrderByDescending(q => q.Since)]),
        Column.Text<Incident>("earthquake", KeyWord, q => q.Key),
        Column.Time<Incident>("since", SinceWord, q => q.Since),
        Column.Text<Incident>("where", Text.Of("곳", "Where"), q => q.Lead.Attributes.GetValueOrDefault("place") ?? q.Lead.Title.ToString()),
        Column.Number<Incident>("magnitude", Text.Of("규모", "Magnitude"), "", q => Quakes.Magnitude(q.Lead), 1),
        Column.Text<Incident>("depth", Text.Of("깊이 (km)", "Depth (km)"), q => q.Lead.Attributes.GetValueOrDefault("depthKm")),
        Column.Text<Incident>("intensity", Text.Of("진도", "Intensity"), q => q.Lead.Attributes.GetValueOrDefault("intensity")),
        Column.Number<Incident>("reports", Text.Of("관측망 수", "Networks"), "", q => q.Accounts.Count),
        Column.Place<Incident>("place", PlaceWord, q => q.Place)) with { Feed = DisasterSafetyModule.QuakeNotices, Licence = Dataset.CityLicence };

    public static Dataset Notices { get; } = Dataset.Of(NoticesKey, Text.Of("재난 알림", "Disaster notices"), [DisasterSafetyModule.Alerts, DisasterSafetyModule.Messages],
        Text.Of("통합 경보(CAP)와 긴급재난문자. 훈련과 시험은 없다.", "Alerts (CAP) and emergency text messages. No exercises, no tests."),
        context => Task.FromResult(NoticesOf(context.Feeds, context.City)),
        Column.Time<Account>("issued", Text.Of("발표", "Issued"), n => n.Event.ReportedAt),
        Column.Text<Account>("title", WhatWord, n => n.Event.Title),
        Column.Area<Account>("area", AreaWord, n => n.Event.Areas.FirstOrDefault()),
        Column.Text<Account>("severity", SeverityWord, n => Say.Of(n.Event.Severity)),
        Column.Time<Account>("until", Text.Of("까지", "Until"), n => n.Event.Expires)) with { Feed = DisasterSafetyModule.Alerts, Licence = Dataset.CityLicence };

    /// <summary>Cameras that a declared emergency has opened to everyone: for whoever shows cameras.</summary>
    public static Dataset Cameras { get; } = Dataset.Of(CamerasKey, Text.Of("긴급 공개 카메라", "Cameras opened by an emergency"), [IncidentsKey],
        Text.Of("선포된 긴급 상황 동안 시민에게 공개된 카메라와 그 마감 시각.", "Cameras open to everyone while an emergency is declared, and until when."),
        async context => (IReadOnlyList<OpenCamera>)[.. (await Book(context).Emergencies(context.Now, context.Cancel)).SelectMany(e => e.Chosen.Select(c => new OpenCamera(c.Key, c.Name, e.Incident, DateTimeOffset.FromUnixTimeMilliseconds(e.Until))))],
        Column.Text<OpenCamera>("camera", KeyWord, c => c.Camera),
        Column.Text<OpenCamera>("name", NameWord, c => c.Name),
        Column.Text<OpenCamera>("incident", Text.Of("상황", "Incident"), c => c.Incident),
        Column.Time<OpenCamera>("until", Text.Of("까지", "Until"), c => c.Until));

    public static IReadOnlyList<Account> NoticesOf(IFeeds feeds, ICity city) => !Openness.Everyone(DisasterSettings.Of(city)).Shows(Openness.Notice) ? []
        : [.. new[] { DisasterSafetyModule.Alerts, DisasterSafetyModule.Messages }.SelectMany(f => feeds.Events(f).Where(e => !e.Test).Select(e => new Account(f, e))).OrderByDescending(n => n.Event.ReportedAt)];

    public static async Task<IReadOnlyList<Alarm>> AlarmsNow(IServiceProvider services, IFeeds feeds, ICity city, CancellationToken cancel)
    {
        var book = services.GetRequiredService<IncidentBook>();
        return Alarms.Of(await book.Now(feeds, cancel), await Gauges.Of(feeds, services.GetService<IDatasets>(), city, cancel), await book.Acknowledgements(feeds.Now, cancel), DisasterSettings.Of(city), feeds.Now);
    }

    private static IncidentBook Book(DatasetContext context) => context.Services.GetRequiredService<IncidentBook>();

    private static async Task<IReadOnlyList<IncidentRow>> Rows(DatasetContext context, bool everyone)
    {
        var settings = DisasterSettings.Of(context.City);
        var openness = everyone ? Openness.Everyone(settings) : Openness.For(context.Services.GetRequiredService<IAudience>(), settings);
        var words = context.Services.GetRequiredService<IWords>();
        var onlyOpen = context.Query.GetValueOrDefault("shown") == "open";
        return [.. (await Book(context).Now(context.Feeds, context.Cancel)).Where(i => openness.Knows(i) && (!onlyOpen || i.Open)).Select(i => new IncidentRow(i, openness, context.City, words))];
    }

    public static IReadOnlyList<CellRow> OfCells(IReadOnlyList<IncidentRow> rows) =>
        [.. rows.Where(r => r.Incident.Open).Select(r => (Row: r, Place: r.Openness.PlaceOf(r.Incident))).Where(r => r.Place is not null).GroupBy(r => r.Place!.Value)
            .Select(g => new CellRow(Kinds(g.Select(r => r.Row)), g.First().Row.If(Openness.Area, i => i.Areas.FirstOrDefault()) as string, g.Count(), g.First().Row.Openness.Shows(Openness.Severity) ? g.Max(r => r.Row.Incident.State) : State.Normal, g.Key))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Place.Latitude)];

    private static Text Kinds(IEnumerable<IncidentRow> rows)
    {
        var kinds = rows.Where(r => r.Openness.Shows(Openness.What)).Select(r => r.Incident.Category).Distinct().Order().Select(Say.Of).ToArray();
        var places = kinds.Select((_, i) => "{" + i.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}").ToArray();
        return Text.Of(string.Join(" · ", places), string.Join(", ", places), kinds);
    }

    public static Text Of(GaugeKind kind) => kind switch { GaugeKind.River => Text.Of("하천", "River"), GaugeKind.Sewer => Text.Of("하수관로", "Sewer"), _ => Text.Of("비 (1시간)", "Rain, an hour") };

    private static DateTimeOffset? Instant(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}

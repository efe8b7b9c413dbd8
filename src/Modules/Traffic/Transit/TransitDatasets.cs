using Microsoft.Extensions.DependencyInjection;

namespace SmartCity.Traffic;

/// <summary>Buses and trains as tables.</summary>
internal static class TransitDatasets
{
    private static Transit Of(DatasetContext context) => context.Services.GetRequiredService<Transit>();

    public static Dataset Arrivals { get; } = Dataset.Of("traffic.arrivals", Text.Of("대중교통 도착", "Arrivals"), [TrafficModule.SubwayFeed, TrafficModule.BusFeed, TrafficModule.DelayFeed],
        Text.Of("정류장과 역에 다음으로 오는 버스와 열차.", "What comes next to stops and stations, of every source."),
        context => Task.FromResult(Of(context).Arrivals(context.Feeds)),
        Column.Text<Arrival>("stop", Text.Of("정류장·역", "Stop"), a => a.StopName),
        Column.Text<Arrival>("stop-id", Text.Of("정류장 식별자", "Stop identifier"), a => a.Stop),
        Column.Text<Arrival>("line", Text.Of("노선", "Line"), a => a.Line.Name),
        Column.Text<Arrival>("towards", Text.Of("방면", "Towards"), a => a.Towards),
        Column.Time<Arrival>("arrives", Text.Of("도착", "Arrives"), a => a.At),
        Column.Number<Arrival>("delay", Text.Of("지연", "Delay"), "s", a => a.Delay?.TotalSeconds),
        Column.Number<Arrival>("crowd", Text.Of("혼잡도", "Crowd"), "%", a => a.Crowd * 100),
        Column.Text<Arrival>("last", Text.Of("막차", "Last one"), a => a.IsLast ? Text.Of("막차", "yes") : null),
        Column.Text<Arrival>("source", Text.Of("원천", "Feed"), a => a.Feed)) with
    { Feed = TrafficModule.SubwayFeed, Licence = Dataset.CityLicence };

    public static Dataset Lines { get; } = Dataset.Of("traffic.lines", Text.Of("노선 운행 상태", "State of the lines"), [TrafficModule.SubwayFeed, TrafficModule.BusFeed, TrafficModule.DelayFeed, TrafficModule.NoticeFeed, TrafficModule.VehicleFeed],
        Text.Of("노선마다 지금 운행 상태, 첫차와 막차.", "How each line runs now, its first and its last departure."),
        context => Task.FromResult(Of(context).States(context.Feeds)),
        Column.Text<LineState>("line", Text.Of("노선", "Line"), s => s.Line.Name),
        Column.Text<LineState>("key", Text.Of("식별자", "Identifier"), s => s.Line.Key),
        Column.Text<LineState>("kind", Text.Of("종류", "Kind"), s => s.Line.Kind switch { LineKind.Subway => Text.Of("지하철", "Subway"), LineKind.Owl => Text.Of("올빼미버스", "Owl bus"), _ => Text.Of("버스", "Bus") }),
        Column.Text<LineState>("state", Text.Of("상태", "State"), s => StateWord(s.Word)),
        Column.Number<LineState>("vehicles", Text.Of("운행 중 수신", "Reported"), "", s => s.Vehicles),
        Column.Number<LineState>("delay", Text.Of("평균 지연", "Mean delay"), "s", s => s.Delay?.TotalSeconds),
        Column.Text<LineState>("first", Text.Of("첫차", "First"), s => Line.Clock(s.Line.First)),
        Column.Text<LineState>("last", Text.Of("막차", "Last"), s => Line.Clock(s.Line.Last))) with
    { Feed = TrafficModule.SubwayFeed, Licence = Dataset.CityLicence };

    /// <summary>The word of a state in every language, for files.</summary>
    public static Text StateWord(string key) => key switch
    {
        "traffic.line.suspended" => Text.Of("운행 중단", "Suspended"),
        "traffic.line.verylate" => Text.Of("크게 지연", "Very late"),
        "traffic.line.late" => Text.Of("지연", "Late"),
        "traffic.line.notice" => Text.Of("안내 있음", "Notice"),
        "traffic.line.unknown" => Text.Of("수신 없음", "Nothing received"),
        "traffic.line.over" => Text.Of("운행 종료", "Not running now"),
        "traffic.line.silent" => Text.Of("위치 없음", "None reported"),
        _ => Text.Of("정상", "Normal"),
    };

    public static Dataset Vehicles { get; } = Dataset.Of("traffic.vehicles", Text.Of("버스 위치", "Vehicles on the road"), [TrafficModule.VehicleFeed],
        Text.Of("운행 중인 차량의 위치와 혼잡도.", "Where the vehicles are, and how full."),
        context =>
        {
            var latest = context.Feeds.Latest(TrafficModule.VehicleFeed);
            return Task.FromResult<IReadOnlyList<VehicleRow>>([.. latest.Things.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new VehicleRow(t, latest.Value(t.Key, "speed") * 3.6, latest.Value(t.Key, "occupancy"), latest.Values.GetValueOrDefault((t.Key, "speed"))?.ObservedAt))]);
        },
        Column.Text<VehicleRow>("line", Text.Of("노선", "Line"), v => v.Vehicle.Kind),
        Column.Text<VehicleRow>("vehicle", Text.Of("차량", "Vehicle"), v => v.Vehicle.Key),
        Column.Place<VehicleRow>("place", Text.Of("위치", "Place"), v => v.Vehicle.Place),
        Column.Number<VehicleRow>("speed", Text.Of("속도", "Speed"), "km/h", v => v.KmH),
        Column.Number<VehicleRow>("occupancy", Text.Of("혼잡도", "Occupancy"), "%", v => v.Occupancy),
        Column.Time<VehicleRow>("observed", Text.Of("측정 시각", "Observed"), v => v.At)) with
    { Feed = TrafficModule.VehicleFeed, Licence = "CC-BY-4.0" };

    public static Dataset Stops { get; } = Dataset.Of("traffic.stops", Text.Of("정류장과 역", "Stops and stations"), [TrafficModule.StopFeed, TrafficModule.BusFeed],
        Text.Of("도착 정보가 있는 정류장과 역.", "Stops and stations whose arrivals are told."),
        context => Task.FromResult(Of(context).Stops(context.Feeds)),
        Column.Text<Stop>("name", Text.Of("이름", "Name"), s => s.Name),
        Column.Text<Stop>("id", Text.Of("식별자", "Identifier"), s => s.Id),
        Column.Text<Stop>("number", Text.Of("정류장 번호", "Number"), s => s.Number),
        Column.Place<Stop>("place", Text.Of("위치", "Place"), s => s.Place)) with
    { Feed = TrafficModule.StopFeed, Licence = "CC-BY-4.0", Page = RowPage.Of<Stop>(s => s.Name, s => "/traffic/stops/" + Uri.EscapeDataString(s.Id)) };
}

/// <summary>A vehicle on the road.</summary>
internal sealed record VehicleRow(Thing Vehicle, double? KmH, double? Occupancy, DateTimeOffset? At);

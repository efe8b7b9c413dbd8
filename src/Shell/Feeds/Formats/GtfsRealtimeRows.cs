using Google.Protobuf;
using SmartCity.Shell.Feeds.Formats.Transit;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>A GTFS Realtime message: a row for every vehicle, trip and alert, told apart by the column <c>entity</c>. Numbers go into cells as
/// they are. What cannot be is left out and counted; when that is more than a fifth, nothing of it is believed.</summary>
internal static class GtfsRealtimeRows
{
    private const double BadShare = 0.2;
    // seconds since 1970 until 2200; no vehicle in a street goes faster than 150 m/s
    private const ulong LastSecond = 7_258_118_400;
    private const float FastestMetresPerSecond = 150;
    private const int Languages = 10, Informed = 100;

    private static readonly MessageParser<FeedMessage> Parser = FeedMessage.Parser.WithDiscardUnknownFields(true);
    private static readonly string?[] Statuses = ["incoming", "stopped", "in-transit"];
    private static readonly string?[] Occupancies = ["empty", "many-seats", "few-seats", "standing", "crushed", "full", "not-accepting", null, "not-boardable"];
    private static readonly string?[] Congestions = [null, "smooth", "stop-and-go", "congested", "severe"];
    private static readonly string?[] Relationships = ["scheduled", "added", "unscheduled", "cancelled", null, "replacement", "duplicated", "deleted", "new"];
    private static readonly string?[] Causes = [null, null, "other", "technical-problem", "strike", "demonstration", "accident", "holiday", "weather", "maintenance", "construction", "police-activity", "medical-emergency", "special-event"];
    private static readonly string?[] Effects = [null, "no-service", "reduced-service", "significant-delays", "detour", "additional-service", "modified-service", "other", null, "stop-moved", "no-effect", "accessibility-issue"];
    private static readonly string?[] Severities = [null, null, "info", "warning", "severe"];

    private static readonly string[] Fixed =
    [
        "entity", "id", "time", "trip", "route", "direction", "start_date", "start_time", "relationship", "vehicle", "label", "stop",
        "lat", "lon", "bearing", "speed", "stop_sequence", "status", "occupancy", "occupancy_percentage", "congestion", "delay", "arrival",
        "start", "end", "cause", "effect", "severity", "url", "header", "description", "routes", "stops",
    ];
    private enum C
    {
        Entity, Id, Time, Trip, Route, Direction, StartDate, StartTime, Relationship, Vehicle, Label, Stop,
        Lat, Lon, Bearing, Speed, StopSequence, Status, Occupancy, OccupancyPercentage, Congestion, Delay, Arrival,
        Start, End, Cause, Effect, Severity, Url, Header, Description, Routes, Stops,
    }

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        FeedMessage message;
        try { message = Parser.ParseFrom(body.Span); }
        // lengths that turn negative or lead out of the message escape the decoder as errors of other kinds
        catch (Exception broken) when (broken is InvalidProtocolBufferException or ArgumentException or IndexOutOfRangeException or OverflowException) { throw new InvalidDataException("not a GTFS Realtime message", broken); }
        return Rows(message, context.Now);
    }

    /// <summary>The rows of a message that has been decoded.</summary>
    internal static Table Rows(FeedMessage message, DateTimeOffset now)
    {
        if (message.Header is not { } header || !header.HasGtfsRealtimeVersion) return Table.Of(FetchOutcome.SchemaDrift, "no header of GTFS Realtime");
        if (header.Incrementality != 0) return Table.Of(FetchOutcome.SchemaDrift, "only changes are sent; a feed must send its full dataset");
        if (message.Entity.Count > Table.MaxRows) throw new InvalidDataException($"more than {Table.MaxRows} entities");
        var table = new Table { Outcome = FetchOutcome.Ok, MadeAt = At(header.Timestamp) };
        if (header.Timestamp > LastSecond) table.Oddities.Add("the time of the message is no time");
        foreach (var column in Fixed) table.Column(column);
        var (bad, why) = (0, "");
        foreach (var entity in message.Entity)
        {
            if (entity.IsDeleted) continue;
            var wrong = !entity.HasId || entity.Id.Length == 0 ? "an entity without an id"
                : entity.Vehicle is { } vehicle ? Vehicle(table, entity.Id, vehicle)
                : entity.TripUpdate is { } update ? Trip(table, entity.Id, update, now)
                : entity.Alert is { } alert ? Alert(table, entity.Id, alert)
                : null;
            if (wrong is null) continue;
            bad++;
            why = wrong;
        }
        if (bad > BadShare * message.Entity.Count) return Table.Of(FetchOutcome.Unparsable, $"{bad} of {message.Entity.Count} entities are bad: {why}");
        if (bad > 0) table.Oddities.Add($"{bad} entities are bad: {why}");
        return table.Rows.Count > 0 ? table : Table.Of(FetchOutcome.Empty);
    }

    private static DateTimeOffset? At(ulong seconds) => seconds is > 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    private static Cell[] Row(C last, string entity, string id)
    {
        var row = new Cell[(int)last + 1];
        row[(int)C.Entity] = Cell.Of(entity);
        row[(int)C.Id] = Cell.Of(id);
        return row;
    }

    private static void Set(Cell[] row, C column, string? text) { if (text is { Length: > 0 }) row[(int)column] = Cell.Of(text); }
    private static void Set(Cell[] row, C column, double number) => row[(int)column] = Cell.Of(number);
    private static void Set(Cell[] row, C column, string?[] words, int word) { if ((uint)word < (uint)words.Length) Set(row, column, words[word]); }

    private static void Trip(Cell[] row, TripDescriptor? trip)
    {
        if (trip is null) return;
        Set(row, C.Trip, trip.TripId);
        Set(row, C.Route, trip.RouteId);
        if (trip.HasDirectionId) Set(row, C.Direction, trip.DirectionId);
        Set(row, C.StartDate, trip.StartDate);
        Set(row, C.StartTime, trip.StartTime);
        if (trip.HasScheduleRelationship) Set(row, C.Relationship, Relationships, trip.ScheduleRelationship);
    }

    private static void Vehicle(Cell[] row, VehicleDescriptor? vehicle)
    {
        Set(row, C.Vehicle, vehicle?.Id);
        Set(row, C.Label, vehicle?.Label);
    }

    private static readonly Position Nowhere = new();

    private static string? Vehicle(Table table, string id, VehiclePosition vehicle)
    {
        // some say only at which stop they are
        var place = vehicle.Position ?? Nowhere;
        if (vehicle.Position is null && !vehicle.HasStopId && vehicle.Trip is null && !vehicle.HasTimestamp) return "a vehicle of which nothing is said";
        if (!(Math.Abs(place.Latitude) <= 90 && Math.Abs(place.Longitude) <= 180)) return "a place that is not on Earth";
        if (vehicle.Position is not null && place is { Latitude: 0, Longitude: 0 }) return "a place at 0, 0";
        if (vehicle.Timestamp > LastSecond) return "a time that is no time";
        var row = Row(C.Congestion, "vehicle", id);
        Trip(row, vehicle.Trip);
        Vehicle(row, vehicle.Vehicle);
        if (vehicle.Timestamp > 0) Set(row, C.Time, vehicle.Timestamp);
        Set(row, C.Stop, vehicle.StopId);
        if (vehicle.Position is not null)
        {
            Set(row, C.Lat, Short(place.Latitude));
            Set(row, C.Lon, Short(place.Longitude));
        }
        string? wrong = null;
        if (place.HasBearing)
            if (place.Bearing is >= 0 and <= 360) Set(row, C.Bearing, Short(place.Bearing));
            else wrong = "a bearing that is none";
        if (place.HasSpeed)
            if (place.Speed is >= 0 and <= FastestMetresPerSecond) Set(row, C.Speed, Short(place.Speed));
            else wrong = "a speed that cannot be";
        if (vehicle.HasCurrentStopSequence) Set(row, C.StopSequence, vehicle.CurrentStopSequence);
        if (vehicle.HasCurrentStatus) Set(row, C.Status, Statuses, vehicle.CurrentStatus);
        if (vehicle.HasOccupancyStatus) Set(row, C.Occupancy, Occupancies, vehicle.OccupancyStatus);
        if (vehicle.OccupancyPercentage is > 0 and <= 300) Set(row, C.OccupancyPercentage, vehicle.OccupancyPercentage);
        if (vehicle.HasCongestionLevel) Set(row, C.Congestion, Congestions, vehicle.CongestionLevel);
        table.Rows.Add(row);
        return wrong;
    }

    // a float of 127.03 is not 127.02999877929688; a metre is all that it can tell
    private static double Short(float number) => Math.Round((double)number, 5);

    private static string? Trip(Table table, string id, TripUpdate update, DateTimeOffset now)
    {
        if (update.Timestamp > LastSecond) return "a time that is no time";
        if (update.Trip is null) return "a trip without a description";
        var row = Row(C.Arrival, "trip", id);
        Trip(row, update.Trip);
        Vehicle(row, update.Vehicle);
        if (update.Timestamp > 0) Set(row, C.Time, update.Timestamp);
        int? delay = update.HasDelay ? update.Delay : null;
        // the stop that comes next counts; where no stop has a time, the first
        foreach (var stop in update.StopTimeUpdate)
        {
            var at = stop.Arrival is { HasTime: true } arrives ? arrives.Time : stop.Departure is { HasTime: true } departs ? departs.Time : 0;
            if (!update.HasDelay) delay = stop.Arrival is { HasDelay: true } a ? a.Delay : stop.Departure is { HasDelay: true } d ? d.Delay : delay;
            if (at > 0 && at < now.ToUnixTimeSeconds()) continue;
            Set(row, C.Stop, stop.StopId);
            if (at is > 0 and <= (long)LastSecond) Set(row, C.Arrival, at);
            break;
        }
        if (delay is { } seconds) Set(row, C.Delay, seconds);
        table.Rows.Add(row);
        return delay is < -86_400 or > 86_400 ? "a delay of more than a day" : null;
    }

    private static string? Alert(Table table, string id, Alert alert)
    {
        var row = new RowOf(table);
        var cells = Row(C.Stops, "alert", id);
        var period = alert.ActivePeriod.Count > 0 ? alert.ActivePeriod[0] : null;
        if (period?.Start is > 0 and <= LastSecond) Set(cells, C.Start, period.Start);
        // without an end it is valid for as long as it is sent; some write the largest number instead
        if (period?.End is > 0 and <= LastSecond) Set(cells, C.End, period.End);
        Set(cells, C.Cause, Causes, alert.Cause);
        Set(cells, C.Effect, Effects, alert.Effect);
        Set(cells, C.Severity, Severities, alert.SeverityLevel);
        if (alert.Url?.Translation is { Count: > 0 } urls) Set(cells, C.Url, urls[0].Text);
        Set(cells, C.Routes, string.Join(',', alert.InformedEntity.Take(Informed).Select(e => e.HasRouteId ? e.RouteId : e.Trip?.RouteId).Where(r => r is { Length: > 0 }).Distinct(StringComparer.Ordinal)));
        Set(cells, C.Stops, string.Join(',', alert.InformedEntity.Take(Informed).Select(e => e.StopId).Where(s => s is { Length: > 0 }).Distinct(StringComparer.Ordinal)));
        Texts(row, cells, C.Header, alert.HeaderText);
        Texts(row, cells, C.Description, alert.DescriptionText);
        row.Set(cells);
        row.Add();
        return null;
    }

    private static void Texts(RowOf row, Cell[] cells, C column, TranslatedString? texts)
    {
        if (texts is null) return;
        foreach (var text in texts.Translation.Take(Languages))
        {
            if (cells[(int)column].Kind == CellKind.None) Set(cells, column, text.Text);
            if (text.Language.Split('-')[0].ToLowerInvariant() is { Length: 2 or 3 } language && language.All(char.IsAsciiLetterLower)) row.Set($"{Fixed[(int)column]}.{language}", text.Text);
        }
    }
}

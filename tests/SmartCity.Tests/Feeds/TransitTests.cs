using System.Text;
using Google.Protobuf;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Formats.Transit;

namespace SmartCity.Tests.Feeds;

/// <summary>Timetables, vehicles on the road and bicycles: the wire formats of transit, whole and broken.</summary>
public sealed class TransitTests
{
    private static readonly ulong Now = (ulong)Trying.Now.ToUnixTimeSeconds();

    private static FeedMessage Message(params FeedEntity[] entities)
    {
        var message = new FeedMessage { Header = new() { GtfsRealtimeVersion = "2.0", Timestamp = Now - 5 } };
        message.Entity.AddRange(entities);
        return message;
    }

    private static FeedEntity Vehicle(string id, float lat = 37.5f, float lon = 127.03f, Action<VehiclePosition>? change = null)
    {
        var vehicle = new VehiclePosition { Trip = new() { TripId = "T" + id, RouteId = "472" }, Vehicle = new() { Id = "bus-" + id, Label = "472 · " + id }, Position = new() { Latitude = lat, Longitude = lon, Speed = 8.5f, Bearing = 270 }, StopId = "S1", CurrentStatus = 2, Timestamp = Now - 20 };
        change?.Invoke(vehicle);
        return new() { Id = id, Vehicle = vehicle };
    }

    private static FeedEntity Trip(string id, params StopTimeUpdate[] stops)
    {
        var update = new TripUpdate { Trip = new() { TripId = id, RouteId = "9" }, Timestamp = Now };
        update.StopTimeUpdate.AddRange(stops);
        return new() { Id = id, TripUpdate = update };
    }

    private static FeedEntity Alert(string id, params (string Language, string Text)[] header)
    {
        var alert = new Alert { Cause = 9, Effect = 4, SeverityLevel = 3, HeaderText = new(), Url = new() };
        foreach (var (language, text) in header) alert.HeaderText.Translation.Add(new TranslatedString.Types.Translation { Language = language, Text = text });
        alert.Url.Translation.Add(new TranslatedString.Types.Translation { Text = "https://bus.example/notice" });
        alert.ActivePeriod.Add(new TimeRange { Start = Now - 3600, End = Now + 3600 });
        alert.InformedEntity.Add(new EntitySelector { RouteId = "472" });
        return new() { Id = id, Alert = alert };
    }

    [Fact]
    public void A_vehicle_is_a_thing_with_a_place_and_its_speed_and_bearing()
    {
        var tried = Trying.Read("gtfs-rt", Message(Vehicle("1")).ToByteArray());
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        Assert.Equal((8.5, 270), (tried.Value("bus-1", "speed"), tried.Value("bus-1", "bearing")));
        var bus = tried.Mapped!.Things["bus-1"];
        Assert.Equal((new Place(37.5, 127.03), "472", "in-transit"), (bus.Place, bus.Kind, bus.Attributes["status"]));
        Assert.All(tried.Mapped.Readings, r => Assert.Equal(Trying.Now.AddSeconds(-20), r.ObservedAt));
    }

    [Fact]
    public void A_trip_is_as_late_as_it_is_at_the_stop_that_comes_next()
    {
        var tried = Trying.Read("gtfs-rt-trips", Message(Vehicle("1"),
            Trip("late", new StopTimeUpdate { StopId = "past", Arrival = new() { Time = (long)Now - 60, Delay = 30 } }, new StopTimeUpdate { StopId = "next", Arrival = new() { Time = (long)Now + 60, Delay = 90 } }, new StopTimeUpdate { StopId = "after", Arrival = new() { Time = (long)Now + 300, Delay = 300 } }),
            Trip("timeless", new StopTimeUpdate { StopId = "a", Departure = new() { Delay = -20 } }, new StopTimeUpdate { StopId = "b", Departure = new() { Delay = 500 } }),
            Trip("silent")).ToByteArray());
        Assert.Equal((90, -20, null), (tried.Value("late", "delay"), tried.Value("timeless", "delay"), tried.Value("silent", "delay")));
        Assert.Equal("next", tried.Mapped!.Things["late"].Attributes["stop"]);
    }

    [Fact]
    public void An_alert_is_an_event_in_the_languages_it_came_in()
    {
        var tried = Trying.Read("gtfs-rt-alerts", Message(Alert("a", ("ko", "우회 운행"), ("en-US", "Detour")), Alert("b", ("", "Ohne Sprache"))).ToByteArray());
        var alert = tried.Mapped!.Events.Single(e => e.Id == "a");
        Assert.Equal(("우회 운행", "Detour", "maintenance", Severity.Moderate), (alert.Title.In("ko"), alert.Title.In("en"), alert.Kind, alert.Severity));
        Assert.Equal((Trying.Now.AddHours(-1), Trying.Now.AddHours(1), "https://bus.example/notice", "detour", "472"), (alert.Onset!.Value, alert.Expires!.Value, alert.Link, alert.Attributes["effect"], alert.Attributes["routes"]));
        Assert.Equal("Ohne Sprache", tried.Mapped.Events.Single(e => e.Id == "b").Title.In("en"));
    }

    [Fact]
    public async Task Trying_a_mixed_message_prints_vehicles_trips_and_alerts()
    {
        var (status, lines) = await Trying.Try("gtfs-rt", Message(Vehicle("1"), Trip("t", new StopTimeUpdate { Arrival = new() { Delay = 5 } }), Alert("a", ("ko", "알림"))).ToByteArray());
        Assert.Equal(0, status);
        Assert.Contains(lines, l => l.Contains("\"property\":\"speed\"", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("\"property\":\"delay\"", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("{\"record\":\"event\"", StringComparison.Ordinal));
        (status, lines) = await Trying.Try("gtfs-rt", Message(Alert("a", ("ko", "알림"))).ToByteArray());
        Assert.Equal((0, 1), (status, lines.Count));
    }

    [Fact]
    public void Fields_that_nobody_here_knows_are_skipped()
    {
        // an agency's extension, field 1001 of a message, and one of a field we do not read
        byte[] extended = [.. Message(Vehicle("1")).ToByteArray(), 0xCA, 0x3E, 0x03, 0x0A, 0x01, 0x31, 0xF8, 0x01, 0x07];
        Assert.Equal(FetchOutcome.Ok, Trying.Read("gtfs-rt", extended).Outcome);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue)]
    public void A_message_whose_time_is_none_is_of_the_moment_it_was_fetched(ulong timestamp)
    {
        var message = Message(Vehicle("1", change: v => v.ClearTimestamp()));
        message.Header.Timestamp = timestamp;
        var tried = Trying.Read("gtfs-rt", message.ToByteArray());
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        Assert.All(tried.Mapped!.Readings, r => Assert.Equal(Trying.Now, r.ObservedAt));
        Assert.Equal(timestamp > 0, tried.Detail?.Contains("the time of the message is no time", StringComparison.Ordinal) == true);
    }

    public static TheoryData<string, string> BadVehicles => new()
    {
        { "0,0", "a place at 0, 0" }, { "north", "a place that is not on Earth" }, { "nan", "a place that is not on Earth" }, { "bearing", "a bearing that is none" }, { "speed", "a speed that cannot be" },
        { "time", "a time that is no time" }, { "id", "an entity without an id" }, { "nothing", "a vehicle of which nothing is said" },
    };

    private static FeedEntity Bad(string how) => how switch
    {
        "0,0" => Vehicle("x", 0, 0),
        "north" => Vehicle("x", 91),
        "nan" => Vehicle("x", float.NaN),
        "bearing" => Vehicle("x", change: v => v.Position.Bearing = 720),
        "speed" => Vehicle("x", change: v => v.Position.Speed = -5),
        "time" => Vehicle("x", change: v => v.Timestamp = long.MaxValue),
        "id" => Vehicle(""),
        _ => new() { Id = "x", Vehicle = new() },
    };

    [Theory]
    [MemberData(nameof(BadVehicles))]
    public void One_bad_vehicle_among_many_is_counted_and_more_than_a_fifth_refuse_the_message(string how, string told)
    {
        var good = Enumerable.Range(1, 9).Select(i => Vehicle($"{i}")).ToArray();
        var tried = Trying.Read("gtfs-rt", Message([Bad(how), .. good]).ToByteArray());
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        Assert.Contains($"1 entities are bad: {told}", tried.Detail, StringComparison.Ordinal);
        Assert.All(tried.Mapped!.Readings, r => Assert.InRange(r.Value!.Value, 0, 360));
        tried = Trying.Read("gtfs-rt", Message([Bad(how), Bad(how), Bad(how), .. good[..7]]).ToByteArray());
        Assert.Equal((FetchOutcome.Unparsable, $"3 of 10 entities are bad: {told}"), tried.Said());
    }

    [Fact]
    public void Garbage_and_half_a_message_and_lying_lengths_are_refused()
    {
        var whole = Message([.. Enumerable.Range(0, 50).Select(i => Vehicle($"{i}"))]).ToByteArray();
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("gtfs-rt", whole[..(whole.Length / 2)]).Outcome);
        // a truncated varint; a length of 2 GB
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("gtfs-rt", [0x0A, 0xFF]).Outcome);
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("gtfs-rt", [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 2, 3]).Outcome);
        Assert.Equal(FetchOutcome.SchemaDrift, Trying.Read("gtfs-rt", [0x12, 0x00]).Outcome);
        // an entity whose negative length leads out of the message, found by a million inputs
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("gtfs-rt", Convert.FromBase64String("CgUKAzEuMBL/////Zw==")).Outcome);
        var random = new Random(4711);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            Assert.NotEqual(FetchOutcome.Ok, Trying.Read("gtfs-rt", bytes).Outcome);
        }
    }

    [Fact]
    public void A_message_of_changes_only_is_refused_and_an_empty_one_is_empty()
    {
        var message = Message(Vehicle("1"));
        message.Header.Incrementality = 1;
        Assert.Equal((FetchOutcome.SchemaDrift, "only changes are sent; a feed must send its full dataset"), Trying.Read("gtfs-rt", message.ToByteArray()).Said());
        Assert.Equal(FetchOutcome.Empty, Trying.Read("gtfs-rt", Message().ToByteArray()).Outcome);
        // a night without buses: trips, but no vehicle
        Assert.Equal(FetchOutcome.Empty, Trying.Read("gtfs-rt", Message(Trip("t")).ToByteArray()).Outcome);
    }

    [Fact]
    public async Task After_a_bad_message_the_last_good_one_stays()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/x-protobuf", Message([.. Enumerable.Range(0, 10).Select(i => Vehicle($"{i}"))]).ToByteArray()) };
        await using var bench = await FeedBench.Start(at: Trying.Now);
        var plan = Trying.Plan("gtfs-rt");
        var air = bench.Plan(FeedBench.Air);
        // in the place of a feed that is there, so that the whole path is walked
        bench.Change(FeedBench.Air, _ => plan with { Feed = plan.Feed with { Key = FeedBench.Air }, Source = air.Source, Rhythm = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)) });
        bench.Redirect(FeedBench.Air, source.Address);
        Assert.Equal((FetchOutcome.Ok, null), await bench.Beat(FeedBench.Air) is var first ? (first.Outcome, first.Detail) : default);
        var before = bench.Book.Latest(FeedBench.Air);
        Assert.Equal(10, before.Things.Count);
        source.Answer = StubSource.Ok("application/x-protobuf", Message([.. Enumerable.Range(0, 5).Select(i => Vehicle($"{i}", 0, 0)), .. Enumerable.Range(5, 5).Select(i => Vehicle($"{i}"))]).ToByteArray());
        Assert.Equal(FetchOutcome.Unparsable, (await bench.Beat(FeedBench.Air, TimeSpan.FromSeconds(10))).Outcome);
        Assert.Same(before, bench.Book.Latest(FeedBench.Air));
    }

    private static (string Name, string Text)[] Schedule(params (string Name, string Text)[] over)
    {
        var files = new Dictionary<string, string>
        {
            ["agency.txt"] = "agency_id,agency_name\nA,City buses\n",
            ["stops.txt"] = "stop_id,stop_name,stop_lat,stop_lon,location_type\nS1,첫 정류장,37.50,127.03,\nS2,Second,37.51,127.04,0\nN1,A node,,,3\n",
            ["routes.txt"] = "route_id,agency_id,route_short_name,route_long_name,route_type\n472,A,472,Blue line,3\n9,A,9,Express,1\nX,A,X,Extended,704\n",
            ["trips.txt"] = "route_id,service_id,trip_id\n472,W,T1\n9,W,T2\n",
            ["stop_times.txt"] = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,25:10:00,25:10:00,S1,1\nT1,25:20:00,25:20:00,S2,2\nT2,06:00:00,06:00:00,S1,1\n",
            ["calendar.txt"] = "service_id,monday,start_date,end_date\nW,1,20260101,20261231\n",
        };
        foreach (var (name, text) in over) if (text == "gone") files.Remove(name); else files[name] = text;
        return [.. files.Select(f => (f.Key, f.Value))];
    }

    [Fact]
    public async Task A_schedule_gives_its_stops_and_its_routes()
    {
        var tried = Trying.Read("gtfs", Trying.Zip(Schedule()));
        Assert.Equal(["S1", "S2", "N1"], tried.Mapped!.Things.Keys);
        Assert.Equal(("첫 정류장", new Place(37.5, 127.03), null), (tried.Mapped.Things["S1"].Name.In("ko"), tried.Mapped.Things["S1"].Place, tried.Mapped.Things["N1"].Place));
        var routes = Trying.Read("gtfs-routes", Trying.Zip(Schedule())).Mapped!.Things;
        Assert.Equal([("472", "bus"), ("9", "subway"), ("X", "bus")], routes.Values.Select(r => (r.Key, r.Kind)));
        var (status, lines) = await Trying.Try("gtfs", Trying.Zip(Schedule()));
        Assert.Equal((0, 6), (status, lines.Count));
    }

    [Theory]
    [InlineData("stops.txt", "gone", "there is no stops.txt")]
    [InlineData("stop_times.txt", "gone", "there is no stop_times.txt")]
    [InlineData("calendar.txt", "gone", "there is neither calendar.txt nor calendar_dates.txt")]
    [InlineData("stops.txt", "stop_id,stop_name\nS1,a\nS1,b\n", "S1 stands twice in stops.txt")]
    [InlineData("stops.txt", "", "stops.txt is empty")]
    [InlineData("routes.txt", "route,route_type\n472,3\n", "routes.txt has no route_id")]
    [InlineData("trips.txt", "route_id,service_id,trip_id\n472,W,T1\n472,W,T1\n", "the trip T1 stands twice in trips.txt")]
    [InlineData("trips.txt", "route_id,service_id,trip_id\nnone,W,T1\n", "1 of 1 trips are of a route that is not there")]
    [InlineData("stop_times.txt", "trip_id,stop_id\nT1,S9\nT2,S9\n", "2 of 2 stop times name a trip or a stop that is not there")]
    [InlineData("stop_times.txt", "trip_id,stop_id\n", "there are no stop times")]
    public void A_schedule_that_does_not_hang_together_is_refused(string file, string text, string told) =>
        Assert.Equal((FetchOutcome.SchemaDrift, told), Trying.Read("gtfs", Trying.Zip(Schedule((file, text)))).Said());

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("euc-kr", false)]
    public void A_schedule_is_read_in_any_encoding_that_says_what_it_is(string encoding, bool ok)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var of = Encoding.GetEncoding(encoding);
        byte[] Bytes(string text) => [.. encoding == "euc-kr" ? [] : of.GetPreamble(), .. of.GetBytes(text.Replace("\n", "\r", StringComparison.Ordinal))];
        var zip = Trying.Zip([.. Schedule().Select(f => (f.Name, Bytes(f.Text)))]);
        Assert.Equal(ok ? FetchOutcome.Ok : FetchOutcome.Unparsable, Trying.Read("gtfs", zip).Outcome);
        // and one that does not, where the descriptor says it
        Assert.Equal("첫 정류장", Trying.Read("gtfs", zip, ok ? "" : "read: { encoding: euc-kr }\n").Mapped!.Things["S1"].Name.In("ko"));
    }

    [Fact]
    public async Task The_old_schedule_stays_until_a_new_one_passes()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("application/zip", Trying.Zip(Schedule())) };
        await using var bench = await FeedBench.Start(at: Trying.Now);
        var plan = Trying.Plan("gtfs");
        bench.Change(FeedBench.Air, air => plan with { Feed = plan.Feed with { Key = FeedBench.Air }, Source = air.Source });
        bench.Redirect(FeedBench.Air, source.Address);
        Assert.Equal((FetchOutcome.Ok, null), await bench.Beat(FeedBench.Air) is var first ? (first.Outcome, first.Detail) : default);
        Assert.Equal(3, bench.Book.Latest(FeedBench.Air).Things.Count);
        source.Answer = StubSource.Ok("application/zip", Trying.Zip(Schedule(("stop_times.txt", "trip_id,stop_id\nT9,S9\n"))));
        Assert.Equal(FetchOutcome.SchemaDrift, (await bench.Beat(FeedBench.Air, TimeSpan.FromMinutes(1))).Outcome);
        Assert.Equal(3, bench.Book.Latest(FeedBench.Air).Things.Count);
        source.Answer = StubSource.Ok("application/zip", Trying.Zip(Schedule(("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nS1,a,37.5,127.0\nS2,b,37.5,127.1\nS3,c,37.5,127.1\nS4,d,37.5,127.2\n"))));
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Air, TimeSpan.FromMinutes(1))).Outcome);
        Assert.Equal(4, bench.Book.Latest(FeedBench.Air).Things.Count);
    }

    [Theory]
    // POSIX seconds and a bike's word in 2.x, RFC 3339 and a vehicle's in 3.x
    [InlineData("""{"last_updated":1784520190,"ttl":60,"version":"2.3","data":{"stations":[{"station_id":"ST-4","num_bikes_available":7,"num_docks_available":8,"is_installed":true,"is_renting":1,"last_reported":1784520180}]}}""")]
    [InlineData("""{"last_updated":"2026-07-20T04:03:10Z","ttl":60,"version":"3.0","data":{"stations":[{"station_id":"ST-4","num_vehicles_available":7,"num_docks_available":8,"is_installed":true,"is_renting":true,"last_reported":"2026-07-20T13:03:00+09:00"}]}}""")]
    [InlineData("""{"last_updated":1784520190,"version":"3.0","data":{"stations":[{"station_id":"ST-4","num_vehicles_available":[{"vehicle_type_id":"a","count":3},{"vehicle_type_id":"b","count":4}],"num_docks_available":8,"is_renting":true}]}}""")]
    public void A_bicycle_station_says_the_same_in_both_versions(string body)
    {
        var tried = Trying.Read("gbfs", body);
        Assert.Equal((FetchOutcome.Ok, 7, 8), (tried.Outcome, tried.Value("ST-4", "bikes"), tried.Value("ST-4", "docks")));
        Assert.Equal("true", tried.Mapped!.Things["ST-4"].Attributes["renting"]);
        Assert.InRange(tried.Mapped.Readings[0].ObservedAt, Trying.Now.AddSeconds(-40), Trying.Now);
    }

    [Theory]
    [InlineData("""{"last_updated":1784520190,"version":"2.3","data":{"stations":[{"station_id":"ST-4","name":"시청 앞","lat":37.5498,"lon":127.0015,"capacity":15}]}}""", "시청 앞", "시청 앞")]
    [InlineData("""{"last_updated":"2026-07-20T04:03:10Z","version":"3.0","data":{"stations":[{"station_id":"ST-4","name":[{"text":"시청 앞","language":"ko"},{"text":"City Hall","language":"en-GB"}],"lat":37.5498,"lon":127.0015,"capacity":15}]}}""", "시청 앞", "City Hall")]
    public void A_station_s_name_is_a_text_or_a_list_by_language(string body, string ko, string en)
    {
        var station = Trying.Read("gbfs-stations", body).Mapped!.Things["ST-4"];
        Assert.Equal((ko, en, "15", "11140"), (station.Name.In("ko"), station.Name.In("en"), station.Attributes["capacity"], station.Area));
    }

    [Fact]
    public async Task Every_file_of_a_bicycle_system_prints_its_own_kind_of_record()
    {
        async Task<string> Kinds(string data)
        {
            var (status, lines) = await Trying.Try("gbfs", Encoding.UTF8.GetBytes("""{"last_updated":1784520190,"version":"2.3","data":""" + data + "}"));
            return status == 0 ? string.Join(',', lines.Select(l => l.Split('"')[3]).Distinct()) : lines[0];
        }
        Assert.Equal("observation", await Kinds("""{"stations":[{"station_id":"a","num_bikes_available":1}]}"""));
        Assert.Equal("thing", await Kinds("""{"stations":[{"station_id":"a","name":"A","lat":37.5,"lon":127.0}]}"""));
        Assert.Equal("thing", await Kinds("""{"bikes":[{"bike_id":"b","lat":37.5,"lon":127.0,"is_reserved":false,"is_disabled":0}]}"""));
        Assert.Equal("event", await Kinds("""{"alerts":[{"alert_id":"x","type":"system_closure","summary":"Closed","last_updated":1784520000}]}"""));
        Assert.Equal("document", await Kinds("""{"ko":{"feeds":[{"name":"station_status","url":"https://bikes.example/status.json"}]}}"""));
        Assert.StartsWith("refused: schema-drift: a GBFS file without a list that is known; it has mystery", await Kinds("""{"mystery":1}"""), StringComparison.Ordinal);
        Assert.Equal("refused: schema-drift: not a GBFS file: it has no data and no last_updated", (await Trying.Try("gbfs", "[]"u8.ToArray())).Lines[0]);
    }
}

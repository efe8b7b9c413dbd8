using System.Text;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Alerts as offices write them, and as nobody should.</summary>
public sealed class CapTests
{
    private static Event One(params (string Old, string New)[] changes) => Assert.Single(Tried.Events(Tried.Fixture("cap", "cap.alert.xml", changes)));
    private const string Polygon = "37.55,126.81 37.56,126.84 37.54,126.85 37.55,126.81";

    [Fact]
    public void The_blocks_of_an_alert_s_languages_are_one_event()
    {
        var e = One();
        Assert.Equal(("CITY-0720-A", "met", EventStatus.Active, false), (e.Id, e.Kind, e.Status, e.Test));
        Assert.Equal(("호우 경보", "Heavy rain warning"), (e.Title.In("ko"), e.Title.In("en")));
        Assert.Equal(("하천변에 가지 마십시오.", "Keep away from streams."), (e.Summary.In("ko"), e.Summary.In("en")));
        // the gravest block speaks for all
        Assert.Equal((Severity.Severe, Urgency.Expected, Certainty.Likely), (e.Severity, e.Urgency, e.Certainty));
        Assert.Equal((Tried.At("2026-07-20T04:00:00Z"), Tried.At("2026-07-20T06:00:00Z"), Tried.At("2026-07-20T12:00:00Z")), (e.ReportedAt, e.Onset!.Value, e.Expires!.Value));
        Assert.Equal("https://city.example/a", e.Link);
        Assert.Equal(["11500"], e.Areas);
        Assert.Equal("대피하십시오.", e.Attributes["instruction"]);
    }

    [Fact]
    public void A_polygon_is_latitude_first()
    {
        var shape = One().Shape!;
        Assert.Equal(ShapeKind.Area, shape.Kind);
        Assert.Equal(new Place(37.55, 126.81), shape.Rings[0][0]);
    }

    [Fact]
    public void An_update_is_the_event_that_it_refers_to_first_and_an_exercise_is_a_test()
    {
        var e = Assert.Single(Tried.Events(Tried.Fixture("cap", "cap.update.xml")));
        Assert.Equal(("CITY-0720-A", EventStatus.Updated, true, "fire"), (e.Id, e.Status, e.Test, e.Kind));
        Assert.Equal("CITY-0720-A CITY-0720-B CITY-0720-C", e.Attributes[EventMemory.Also]);
        Assert.Equal((ShapeKind.Point, 2.5), (e.Shape!.Kind, e.Shape.RadiusKm));
        Assert.Equal((Severity.Unknown, Urgency.Unknown, Certainty.Likely), (e.Severity, e.Urgency, e.Certainty));
        // it says no end
        Assert.Equal(e.ReportedAt.AddHours(6), e.Expires);
    }

    [Theory]
    [InlineData("Actual", false)]
    [InlineData("Exercise", true)]
    [InlineData("System", true)]
    [InlineData("Test", true)]
    [InlineData("Draft", true)]
    [InlineData("", true)]
    [InlineData("ACTUAL?", true)]
    public void Only_what_says_that_it_is_actual_is_real(string status, bool test) => Assert.Equal(test, One(("<status>Actual</status>", $"<status>{status}</status>")).Test);

    [Fact]
    public void What_is_taken_back_is_known_by_what_it_takes_back_even_without_a_block()
    {
        var e = Assert.Single(Tried.Events(Tried.Text("cap", "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>X-2</identifier><sender>s</sender><sent>2026-07-20T13:01:00+09:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope><note>A mistake</note><references>s,X-1,2026-07-20T13:00:00+09:00</references></alert>")));
        Assert.Equal(("X-1", EventStatus.Cancelled, "A mistake"), (e.Id, e.Status, e.Title.ToString()));
    }

    [Fact]
    public void An_all_clear_ends() => Assert.Equal(EventStatus.Ended, One(("Shelter", "AllClear"), ("<event>Heavy rain warning</event>", "<event>x</event><responseType>AllClear</responseType>")).Status);

    [Theory]
    [InlineData("<msgType>Alert</msgType>", "<msgType>Ack</msgType>", "an acknowledgement or an error is no alert")]
    [InlineData("<scope>Public</scope>", "<scope>Private</scope>", "an alert is Private and not for the public")]
    [InlineData("<scope>Public</scope>", "", "an alert does not say its scope, so nobody knows whether it is for the public")]
    [InlineData("cap:1.2", "cap:9.0", "no alert of CAP 1.1 or 1.2; the document is alert")]
    public void What_is_no_alert_for_the_public_is_refused_by_its_reason(string old, string @new, string reason)
    {
        var result = Tried.Fixture("cap", "cap.alert.xml", (old, @new));
        Assert.Equal((FetchOutcome.SchemaDrift, reason), (result.Outcome, result.Detail));
    }

    [Theory]
    [InlineData("<alerts></alerts>", FetchOutcome.Empty)]
    [InlineData("<?xml version='1.0'?><w:capAlerts xmlns:w='urn:w'>\n</w:capAlerts>", FetchOutcome.Empty)]
    [InlineData("<alerts><error>down for maintenance</error></alerts>", FetchOutcome.SchemaDrift)]
    [InlineData("<error/>", FetchOutcome.SchemaDrift)]
    [InlineData("<alert/>", FetchOutcome.SchemaDrift)]
    public void A_list_with_no_alert_in_it_is_a_quiet_day_and_nothing_else_is(string body, FetchOutcome outcome) => Assert.Equal(outcome, Tried.Text("cap", body).Outcome);

    [Fact]
    public void An_index_of_alerts_is_news() => Assert.StartsWith("an index of alerts", Tried.Text("cap", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><title>t</title></entry></feed>").Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-07-20T13:08:00+09:00", true)]
    [InlineData("2026-07-20T13:09:00+09:00", false)]
    [InlineData("2099-01-01T00:00:00+09:00", false)]
    [InlineData("1970-01-01T00:00:00+09:00", true)]
    [InlineData("yesterday", false)]
    public void What_was_sent_in_the_future_is_held_back_and_said(string sent, bool taken)
    {
        var result = Tried.Fixture("cap", "cap.alert.xml", ("<sent>2026-07-20T13:00:00+09:00</sent>", $"<sent>{sent}</sent>"));
        Assert.Equal(taken ? 1 : 0, result.Mapped!.Events.Count);
        if (!taken) Assert.Contains(sent == "yesterday" ? "events have no time that can be read" : "events are from the future, such as 'CITY-0720-A'", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_before_the_beginning_is_not_believed()
    {
        var result = Tried.Fixture("cap", "cap.alert.xml", ("2026-07-20T21:00:00+09:00", "2026-07-20T11:00:00+09:00"));
        var e = Assert.Single(result.Mapped!.Events);
        Assert.Equal(e.Onset!.Value.AddHours(6), e.Expires);
        Assert.Contains("events end before they begin", result.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Polygons => new()
    {
        { string.Join(' ', Enumerable.Range(0, 1_000_000).Select(i => "37.55,126.81")), "more than 10000 points" },
        { string.Join(' ', Enumerable.Range(0, 10_001).Select(i => "37.55,126.81")), "more than 10000 points" },
        { "37.55,126.81 37.56,126.84 37.55,126.81", "an area of fewer than three points" },
        { "37.55,126.81 37.57,126.85 37.55,126.85 37.57,126.81 37.55,126.81", "an area whose border crosses itself" },
        { "126.81,37.55 126.84,37.56 126.85,37.54 126.81,37.55", "latitude and longitude look swapped" },
        { "52.5,13.4 52.6,13.4 52.6,13.5 52.5,13.4", "outside the city" },
        { "NaN,126.81 37.56,126.84 37.54,126.85", "a place that is not a number" },
        { "Infinity,126.81 37.56,126.84 37.54,126.85", "a place that is not a number" },
        { "1e308,126.81 37.56,126.84 37.54,126.85", "a place that is not on Earth" },
        { "abc", "a position that is not two numbers" },
        { "37.55;126.81 37.56;126.84", "a position that is not two numbers" },
        { "0,0 0,0 0,0 0,0", "a place at 0, 0" },
    };

    [Theory]
    [MemberData(nameof(Polygons), DisableDiscoveryEnumeration = true)]
    public void A_place_that_cannot_be_trusted_does_not_take_the_alert_with_it(string polygon, string doubt)
    {
        var e = One((Polygon, polygon));
        Assert.Equal(("호우 경보", null, doubt), (e.Title.In("ko"), e.Shape, e.PlaceInDoubt));
        Assert.Equal(["11500"], e.Areas);
    }

    [Theory]
    [InlineData("37.5665,126.978 40000", "a circle larger than the Earth")]
    [InlineData("37.5665,126.978 NaN", "a circle larger than the Earth")]
    [InlineData("37.5665,126.978 -1", "a circle larger than the Earth")]
    [InlineData("91,126.978 1", "a place that is not on Earth")]
    [InlineData("37.5665", "a position that is not two numbers")]
    public void A_circle_that_cannot_be_is_in_doubt(string circle, string doubt) =>
        Assert.Equal((null, doubt), Assert.Single(Tried.Events(Tried.Fixture("cap", "cap.update.xml", ("37.5665,126.978 2.5", circle)))) is var e ? (e.Shape, e.PlaceInDoubt) : default);

    [Fact]
    public void An_area_that_is_left_open_is_closed()
    {
        var ring = One((Polygon, "37.55,126.81 37.56,126.84 37.54,126.85")).Shape!.Rings[0];
        Assert.Equal((4, ring[0]), (ring.Count, ring[^1]));
    }

    [Fact]
    public void An_alert_in_iso_8859_1_keeps_its_letters()
    {
        var body = Encoding.Latin1.GetBytes(Tried.Body("cap.update.xml", ("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"), ("Fire drill", "Übung")));
        Assert.Equal("Übung", Assert.Single(Tried.Events(Tried.Bytes("cap", body))).Title.ToString());
    }

    [Fact]
    public void Several_alerts_in_one_document_are_several_events()
    {
        var one = Tried.Body("cap.alert.xml");
        one = one[one.IndexOf("<alert", StringComparison.Ordinal)..];
        Assert.Equal(["CITY-0720-A", "OTHER"], Tried.Events(Tried.Text("cap", $"<feed><entry>{one}</entry><entry>{one.Replace("CITY-0720-A", "OTHER", StringComparison.Ordinal)}</entry></feed>")).Select(e => e.Id));
    }

    [Fact]
    public void Markup_in_a_headline_is_text() => Assert.Equal("x y", One(("<headline>호우 경보</headline>", "<headline>&lt;img src=q onerror=alert(1)&gt;x&lt;script&gt; y</headline>")).Title.In("ko"));
}

/// <summary>Alerts over time: what refers back, is renamed, taken back or said ten thousand times.</summary>
public sealed class AlertMemoryTests
{
    private static Event Alert(string id, int minute, string? also = null, EventStatus status = EventStatus.Active, string title = "t") =>
        new(id, Tried.Now.AddMinutes(minute).ToUnixTimeMilliseconds(), "met", status, Text.Same(title), Tried.Now.AddMinutes(minute), default) { Expires = Tried.Now.AddHours(6), Attributes = also is null ? Attributes.None : new Dictionary<string, string> { [EventMemory.Also] = also } };

    [Fact]
    public void A_chain_of_references_is_one_event_even_where_each_names_only_the_one_before()
    {
        var memory = new EventMemory();
        memory.Take([Alert("A", -9)], false, Tried.Now);
        memory.Take([Alert("A", -8, "A B")], false, Tried.Now);
        memory.Take([Alert("B", -7, "B C")], false, Tried.Now);
        memory.Take([Alert("C", -6, "C D", EventStatus.Cancelled)], false, Tried.Now);
        Assert.Equal(("A", EventStatus.Cancelled), Assert.Single(memory.Shown) is var e ? (e.Id, e.Status) : default);
    }

    [Fact]
    public void A_chain_in_one_answer_is_one_event() =>
        Assert.Equal("A", Assert.Single(Taken([Alert("B", -7, "B C"), Alert("A", -8, "A B"), Alert("A", -9)])).Id);

    [Fact]
    public void A_chain_is_remembered_over_a_restart()
    {
        var memory = new EventMemory();
        var versions = memory.Take([Alert("A", -8, "A B")], false, Tried.Now);
        var again = new EventMemory();
        again.Recall(versions, Tried.Now);
        again.Take([Alert("B", -7, "B C")], false, Tried.Now);
        Assert.Equal("A", Assert.Single(again.Shown).Id);
    }

    [Fact]
    public void Reports_that_are_merged_under_a_new_name_stay_one_earthquake()
    {
        var memory = new EventMemory();
        memory.Take([Alert("nc9", -9, ",nc9,")], false, Tried.Now);
        memory.Take([Alert("us1", -5, ",nc9,us1,")], false, Tried.Now);
        Assert.Equal("nc9", Assert.Single(memory.Shown).Id);
    }

    [Fact]
    public void Ten_thousand_updates_of_one_alert_are_one_event_and_the_last_one_counts()
    {
        var memory = new EventMemory();
        for (var i = 0; i < 10_000; i++) memory.Take([Alert("A", 0, "A U" + i, title: "t" + i)], false, Tried.Now.AddMilliseconds(i));
        Assert.Equal(("t9999", EventStatus.Updated, 10_000L), Assert.Single(memory.Shown) is var e ? (e.Title.ToString(), e.Status, e.Version - Alert("A", 0).Version + 1) : default);
    }

    [Fact]
    public void The_same_id_with_another_body_is_a_further_version()
    {
        var memory = new EventMemory();
        memory.Take([Alert("A", -1)], false, Tried.Now);
        Assert.Single(memory.Take([Alert("A", -1, title: "other")], false, Tried.Now));
        Assert.Empty(memory.Take([Alert("A", -1, title: "other")], false, Tried.Now));
        Assert.Equal("other", Assert.Single(memory.Shown).Title.ToString());
    }

    [Fact]
    public void Taking_back_what_nobody_knows_is_kept_a_day()
    {
        var memory = new EventMemory();
        memory.Take([Alert("A", -1, status: EventStatus.Cancelled)], false, Tried.Now);
        memory.Take([], false, Tried.Now.AddHours(23));
        Assert.Single(memory.Shown);
        memory.Take([], false, Tried.Now.AddHours(25));
        Assert.Empty(memory.Shown);
    }

    private static IReadOnlyList<Event> Taken(IReadOnlyList<Event> events)
    {
        var memory = new EventMemory();
        memory.Take(events, false, Tried.Now);
        return memory.Shown;
    }
}

using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>What a descriptor may do to a table before it is mapped.</summary>
public sealed class TableStepTests
{
    private const string Map = "map: { thing: { from: [id] }, time: { absent: fetch }, values: { v: { from: [v] } } }\n";

    [Fact]
    public void Long_rows_become_wide_by_a_column_s_texts()
    {
        // the shape of a weather office: a row for each quantity of a grid point
        var tried = Trying.Read("json", """
            [{"nx":60,"ny":127,"category":"T1H","obsrValue":"21.4"},{"nx":60,"ny":127,"category":"REH","obsrValue":"55"},
             {"nx":61,"ny":127,"category":"T1H","obsrValue":"20.9"},{"nx":61,"ny":127,"category":"","obsrValue":"1"},{"nx":61,"ny":127,"category":"nx","obsrValue":"99"}]
            """, "rows: { pivot: { key: [nx, ny], by: category, value: obsrValue } }\nmap: { thing: { from: [nx] }, time: { absent: fetch }, values: { t: { from: [T1H] }, h: { from: [REH], required: false } } }\n");
        Assert.Equal((21.4, 55, 20.9), (tried.Value("60", "t"), tried.Value("60", "h"), tried.Value("61", "t")));
        Assert.Equal(2, tried.Table.Rows.Count);
    }

    [Fact]
    public void Wide_rows_become_long_and_keep_what_stands_beside()
    {
        var tried = Trying.Read("csv", "YEAR,MON_01,MON_02,MON_03\n2026,10,20,\n2025,1,2,3\n", """
            kind: figures
            rows: { unpivot: { columns: [MON_01, MON_02, MON_03, MON_04], name: month, value: n } }
            map: { figure: { indicator: [month], period: [YEAR], value: [n] } }
            """);
        Assert.Equal([("MON_01", "2026", 10d), ("MON_02", "2026", 20d), ("MON_03", "2026", null), ("MON_01", "2025", 1d), ("MON_02", "2025", 2d), ("MON_03", "2025", (double?)3)],
            tried.Mapped!.Figures.Select(f => (f.Indicator, f.Period, f.Value)));
    }

    [Fact]
    public void JSON_inside_a_text_becomes_columns_and_a_geometry_stays_whole()
    {
        var tried = Trying.Read("json", """
            [{"id":"a","geom":"{\"type\":\"Polygon\",\"coordinates\":[[[127.03,37.46],[127.04,37.46],[127.04,37.47],[127.03,37.46]]]}","more":"{\"v\":{\"n\":7}}"},
             {"id":"b","geom":"","more":"not json"}]
            """, "rows: { parseJson: [geom, more, absent] }\nmap: { thing: { from: [id] }, place: { geometry: [geom] }, time: { absent: fetch }, values: { v: { from: [more/v/n] } } }\n");
        Assert.Equal(7, tried.Value("a", "v"));
        Assert.Equal(37.465, tried.Mapped!.Things["a"].Place!.Value.Latitude, 3);
        Assert.Contains("1 cells of more are not JSON", tried.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_about_people_leave_as_sums_only()
    {
        var tried = Trying.Read("csv", """
            no,gu,receipttime,ridetime,startpos
            1,강서구,2026-07-19 오전 12:06:00,2026-07-19 오전 12:36:00,Private street 1
            2,강서구,2026-07-19 오전 12:50:00,2026-07-19 오전 1:40:00,Private street 2
            3,강남구,2026-07-19 오후 12:10:00,,Private street 3
            4,강남구,never,2026-07-19 오전 12:36:00,Private street 4

            """, """
            rows:
              aggregate:
                by: [gu]
                hour: { from: [receipttime], format: ["yyyy-MM-dd tt h:mm:ss"] }
                count: trips
                mean: [wait]
                minutes: { wait: { from: receipttime, to: ridetime, format: ["yyyy-MM-dd tt h:mm:ss"] } }
            map:
              thing: { from: [gu], isArea: true }
              time: { from: [receipttime], format: [iso], covers: 1h }
              values: { trips: { from: [trips] }, wait: { from: [wait], unit: min, required: false } }
            """);
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        Assert.Equal((2, 40, 1), (tried.Value("11500", "trips"), tried.Value("11500", "wait"), tried.Value("11680", "trips")));
        Assert.Equal(new(2026, 7, 18, 15, 0, 0, TimeSpan.Zero), tried.Mapped!.Readings[0].ObservedAt);
        Assert.Contains("1 rows have no time", tried.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(tried.Table.Rows.SelectMany(r => r), c => c.ToString().Contains("Private", StringComparison.Ordinal));
        // the waiting time of somebody who was never fetched is no number
        Assert.DoesNotContain(tried.Mapped.Readings, r => r is { Thing: "11680", Property: "wait" });
    }

    [Theory]
    [InlineData("rows: { pivot: { key: [id], by: kind, value: v } }", "no column kind for rows.pivot")]
    [InlineData("rows: { unpivot: { columns: [a, b] } }", "no column a, b for rows.unpivot")]
    [InlineData("rows: { aggregate: { by: [gu], sum: [v] } }", "no column gu for rows.aggregate")]
    [InlineData("rows: { aggregate: { by: [id], hour: { from: [at], format: [iso] } } }", "no column at for rows.aggregate")]
    public void A_step_whose_column_is_gone_is_drift_and_not_an_empty_table(string step, string told) =>
        Assert.Equal((FetchOutcome.SchemaDrift, told), Trying.Read("json", """[{"id":"a","v":1}]""", step + "\n" + Map).Said());

    [Fact]
    public void A_step_that_would_make_too_many_columns_is_refused()
    {
        var rows = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"id":"a","k":"k{{i}}","v":{{i}}}"""));
        Assert.Equal((FetchOutcome.SchemaDrift, "more than 400 columns"), Trying.Read("json", $"[{rows}]", "rows: { pivot: { key: [id], by: k, value: v } }\n" + Map).Said());
    }

    [Fact]
    public void Kept_rows_come_before_dropped_ones_and_nothing_left_is_empty_and_not_drift()
    {
        const string Rows = """[{"id":"a","kind":"x","v":1},{"id":"b","kind":"x","v":2},{"id":"c","kind":"y","v":3}]""";
        Assert.Equal(["b"], Trying.Read("json", Rows, "rows: { keep: [{ kind: x }], drop: [{ id: a }] }\n" + Map).Mapped!.Things.Keys);
        Assert.Equal(FetchOutcome.Empty, Trying.Read("json", Rows, "rows: { keep: [{ kind: z }] }\n" + Map).Outcome);
    }

    [Fact]
    public async Task Raw_answers_about_people_are_not_kept()
    {
        await using var source = new StubSource { Answer = StubSource.Ok("text/csv", "지점코드,관측시각,신적설(cm),적설(cm)\nS01,2026-07-20 13:03,1.5,2\n") };
        await using var bench = await FeedBench.Start(at: Trying.Now);
        bench.Redirect(FeedBench.Snow, source.Address);
        var descriptor = bench.Plan(FeedBench.Snow).Descriptor;
        descriptor.Expect.Rows = 0;
        descriptor.Rows.Aggregate = new() { By = ["지점코드", "관측시각"], Sum = ["신적설(cm)", "적설(cm)"] };
        Assert.Equal(FetchOutcome.Ok, (await bench.Beat(FeedBench.Snow)).Outcome);
        var log = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<SmartCity.Shell.Store.AnswerLog>(bench.Services);
        await log.Flush(FeedBench.Cancel);
        Assert.Equal((1, 0), Assert.Single(await log.Last(FeedBench.Snow, 10, FeedBench.Cancel)) is var kept ? (kept.Rows, kept.Size) : default);
    }
}

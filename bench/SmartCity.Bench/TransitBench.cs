using System.Diagnostics;
using Google.Protobuf;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Feeds.Formats.Transit;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Bench;

/// <summary>A GTFS Realtime message of 5,000 vehicles and one of 5,000 trips, from bytes to records, against decoding them and no more.</summary>
internal static class TransitBench
{
    private const int Entities = 5_000, Rounds = 60;

    public static Task Run()
    {
        var city = CityPack.Load(Path.Combine(BenchCity.Root, "cities", "seoul"));
        var now = DateTimeOffset.UtcNow;
        Console.WriteLine("| message | KB | decoded alone, ms | decoded and mapped, ms | ratio | records |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (name, preset, message) in new[] { ("5,000 vehicles", "gtfs-rt", Vehicles(now)), ("5,000 trips of 20 stops", "gtfs-rt-trips", Trips(now)) })
        {
            var bytes = message.ToByteArray();
            var plan = FeedTrial.PlanOf(preset, city);
            var records = 0;
            void Decode() => FeedMessage.Parser.ParseFrom(bytes);
            void Whole()
            {
                var table = TableReader.Read(plan, new Answer(FetchOutcome.Ok, bytes), city.Zone, now);
                var mapped = RowMap.Map(plan, city, table, plan.Covers, now);
                if (mapped.Outcome != FetchOutcome.Ok) throw new InvalidOperationException($"{mapped.Outcome} {mapped.Detail}");
                records = mapped.Readings.Count;
            }
            for (var i = 0; i < 15; i++) { Decode(); Whole(); }
            // in turn, so that whatever else the machine does is shared
            var (decode, whole) = (new List<double>(), new List<double>());
            for (var i = 0; i < Rounds; i++) { decode.Add(Time(Decode)); whole.Add(Time(Whole)); }
            decode.Sort();
            whole.Sort();
            var (d, w) = (decode[Rounds / 2], whole[Rounds / 2]);
            Console.WriteLine(FormattableString.Invariant($"| {name} | {bytes.Length / 1024} | {d:0.00} | {w:0.00} | {d / w:0.00} | {records} |"));
        }
        return Task.CompletedTask;
    }

    private static double Time(Action what)
    {
        GC.Collect(0);
        var began = Stopwatch.GetTimestamp();
        what();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static FeedMessage Message(DateTimeOffset now) => new() { Header = new() { GtfsRealtimeVersion = "2.0", Timestamp = (ulong)now.ToUnixTimeSeconds() } };

    private static FeedMessage Vehicles(DateTimeOffset now)
    {
        var message = Message(now);
        for (var i = 0; i < Entities; i++)
            message.Entity.Add(new FeedEntity
            {
                Id = $"vehicle-{i}",
                Vehicle = new()
                {
                    Trip = new() { TripId = $"trip-20260720-{i}", RouteId = $"route-{i % 300}", StartDate = "20260720", StartTime = "08:15:00" },
                    Vehicle = new() { Id = $"bus-{i}", Label = $"{i % 300} · {i}" },
                    Position = new() { Latitude = 37.45f + i % 200 * 0.001f, Longitude = 126.85f + i % 300 * 0.001f, Bearing = i % 360, Speed = i % 20 },
                    CurrentStopSequence = (uint)(i % 60), StopId = $"stop-{i % 2000}", CurrentStatus = 2, Timestamp = (ulong)now.ToUnixTimeSeconds() - (ulong)(i % 60), OccupancyPercentage = (uint)(i % 100),
                },
            });
        return message;
    }

    private static FeedMessage Trips(DateTimeOffset now)
    {
        var message = Message(now);
        for (var i = 0; i < Entities; i++)
        {
            var update = new TripUpdate { Trip = new() { TripId = $"trip-20260720-{i}", RouteId = $"route-{i % 300}", StartDate = "20260720" }, Vehicle = new() { Id = $"bus-{i}" }, Timestamp = (ulong)now.ToUnixTimeSeconds() };
            for (var stop = 0; stop < 20; stop++)
                update.StopTimeUpdate.Add(new StopTimeUpdate { StopSequence = (uint)stop, StopId = $"stop-{(i + stop) % 2000}", Arrival = new() { Delay = i % 400, Time = now.ToUnixTimeSeconds() + (stop - 5) * 120 } });
            message.Entity.Add(new FeedEntity { Id = $"trip-{i}", TripUpdate = update });
        }
        return message;
    }
}

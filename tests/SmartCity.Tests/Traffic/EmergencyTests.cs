using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Feeds;
using SmartCity.Traffic;

namespace SmartCity.Tests.Traffic;

public sealed class EmergencyTests
{
    private sealed record Open(string Camera, DateTimeOffset Until);

    [Fact]
    public async Task A_declared_emergency_opens_a_camera_of_the_officials_and_its_end_closes_it()
    {
        IReadOnlyList<Open> open = [];
        var table = Dataset.Of(Emergencies.Table, Text.Of("긴급 공개 카메라", "Open cameras"), [], Text.Of("시험", "Test"), _ => Task.FromResult(open),
            Column.Text<Open>("camera", Text.Of("번호", "Key"), o => o.Camera), Column.Time<Open>("until", Text.Of("까지", "Until"), o => o.Until));
        await using var city = await TestCity.Start(c => c.Modules(TierD.Modules).With(table));
        await TestCity.Until(() => city.Services.GetRequiredService<FeedBook>().HealthOf(TrafficModule.CameraFeed)!.Outcome == FetchOutcome.Ok, "the camera list has come", 90);
        var cameras = city.Services.GetRequiredService<CameraRegister>().All(city.Services.GetRequiredService<FeedBook>());
        var (official, closed) = (cameras.First(c => c.Release == Release.Officials), cameras.First(c => c.Release == Release.Closed));
        using var nobody = city.Client();
        async Task<HttpStatusCode> Page(Camera camera) => (await nobody.GetAsync($"/en/traffic/cameras/{camera.Id}")).StatusCode;
        Assert.Equal(HttpStatusCode.NotFound, await Page(official));

        open = [new(official.Id, DateTimeOffset.UtcNow.AddHours(1)), new(closed.Id, DateTimeOffset.UtcNow.AddHours(1))];
        city.Signal(Emergencies.Topic);
        await TestCity.Until(() => city.Services.GetRequiredService<Emergencies>().Any, "the emergency is known");
        Assert.Equal(HttpStatusCode.OK, await Page(official));
        // a camera with a permission of its own is opened by nobody else's emergency
        Assert.Equal(HttpStatusCode.NotFound, await Page(closed));

        open = [];
        city.Signal(Emergencies.Topic);
        await TestCity.Until(() => !city.Services.GetRequiredService<Emergencies>().Any, "the end is known");
        Assert.Equal(HttpStatusCode.NotFound, await Page(official));
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;

namespace SmartCity.Tests.Pages;

/// <summary>What is asked beyond what can be made is refused at once, and what matters in a disaster never is.</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private TestCity _city = null!;
    private Admission _admission = null!;
    private readonly TaskCompletionSource _gate = new();
    private int _inside;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.Start();
        _admission = ActivatorUtilities.CreateInstance<Admission>(_city.Services, (RequestDelegate)(async _ =>
        {
            Interlocked.Increment(ref _inside);
            await _gate.Task;
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _admission.Dispose();
        await _city.DisposeAsync();
    }

    private (Task Done, DefaultHttpContext Http) Ask(string path, string method = "GET")
    {
        var http = new DefaultHttpContext { Request = { Path = path, Method = method }, Response = { Body = new MemoryStream() } };
        return (_admission.InvokeAsync(http), http);
    }

    [Fact]
    public async Task Some_pages_are_made_some_wait_and_the_rest_are_told_at_once_when_to_come_again()
    {
        var asked = Enumerable.Range(0, 3 * Admission.Pages).Select(i => Ask($"/ko/indicators/list?n={i}")).ToList();
        Assert.Equal(Admission.Pages, _inside);
        var refused = asked.Where(a => a.Done.IsCompleted).ToList();
        Assert.Equal(Admission.Pages, refused.Count);
        foreach (var (_, http) in refused)
        {
            Assert.Equal((503, "5", "no-store"), (http.Response.StatusCode, http.Response.Headers.RetryAfter.ToString(), http.Response.Headers.CacheControl.ToString()));
            http.Response.Body.Position = 0;
            Assert.True((await new StreamReader(http.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken)).Length > 20);
        }
        // files have places of their own
        var file = Ask("/data/atmosphere.air.csv");
        Assert.Equal(Admission.Pages + 1, _inside);
        _gate.SetResult();
        await Task.WhenAll(asked.Select(a => a.Done)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await file.Done;
        Assert.Equal(2 * Admission.Pages + 1, _inside);
        // and afterwards everything is as before
        await Ask("/ko/indicators").Done;
        Assert.Equal(2 * Admission.Pages + 2, _inside);
    }

    [Theory]
    [InlineData("/ko/sign-in")]
    [InlineData("/en/disaster-safety/incidents/x")]
    [InlineData("/live")]
    [InlineData("/health/ready")]
    [InlineData("/traffic/cameras/c/still")]
    [InlineData("/css/site.css")]
    [InlineData("/ko/indicators/list", "POST")]
    public void What_must_go_on_is_never_counted(string path, string method = "GET")
    {
        for (var i = 0; i < 3 * Admission.Pages; i++) Ask(path, method);
        Assert.Equal(3 * Admission.Pages, _inside);
    }
}

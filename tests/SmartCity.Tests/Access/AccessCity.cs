using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Access;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Access;

/// <summary>A city without modules whose clock is moved by hand and whose password hashes are counted.</summary>
internal sealed class AccessCity : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private AccessCity(TestCity city, HandClock clock, Counts counts) => (City, Clock, Hashes) = (city, clock, counts);

    public TestCity City { get; }
    public HandClock Clock { get; }
    public Counts Hashes { get; }

    public static async Task<AccessCity> Start(params string[] settings)
    {
        // the real time: authenticator codes are the framework's, and it asks no clock of ours
        var (clock, counts) = (new HandClock(DateTimeOffset.UtcNow), new Counts());
        return new(await TestCity.Start(city =>
        {
            city.Services.AddSingleton<TimeProvider>(clock);
            city.Services.AddSingleton(counts).AddScoped<IPasswordHasher<Person>, CountingHasher>();
        }, settings), clock, counts);
    }

    /// <summary>A person with a password.</summary>
    public async Task<Person> Person(string name, params string[] roles)
    {
        await using var scope = City.Services.CreateAsyncScope();
        var (person, wrong) = await scope.ServiceProvider.GetRequiredService<People>().Create(name, roles);
        Assert.True(person is not null, string.Join(", ", wrong));
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().AddPasswordAsync(person, Password)).Succeeded);
        Hashes.Verified = 0;
        return person;
    }

    public Task<HttpResponseMessage> SignIn(HttpClient client, string name, string password) => client.Send("/en/sign-in", null, ("name", name), ("password", password));

    /// <summary>A browser in which a person with a password is signed in.</summary>
    public async Task<HttpClient> SignedIn(string name)
    {
        var client = City.Client();
        using var answer = await SignIn(client, name, Password);
        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        return client;
    }

    public async Task<IReadOnlyList<AuditEntry>> Audit(string kind)
    {
        await using var db = await City.Services.GetRequiredService<IDbContextFactory<AccessDb>>().CreateDbContextAsync();
        return await db.Audit.Where(a => a.Kind == kind).OrderBy(a => a.Id).ToListAsync();
    }

    /// <summary>A new one-time link of a person, as a path.</summary>
    public async Task<string> Link(Person person, TimeSpan? valid = null)
    {
        await using var scope = City.Services.CreateAsyncScope();
        return "/en/link/" + await scope.ServiceProvider.GetRequiredService<Links>().Create(person, Links.Invitation, valid ?? TimeSpan.FromHours(1));
    }

    public ValueTask DisposeAsync() => City.DisposeAsync();

    internal sealed class Counts
    {
        public int Verified;
        public int Now;
        public int Most;
    }

    private sealed class CountingHasher(Counts counts) : IPasswordHasher<Person>
    {
        private readonly PasswordHasher<Person> _real = new(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 1000 }));

        public string HashPassword(Person user, string password) => _real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref counts.Verified);
            var now = Interlocked.Increment(ref counts.Now);
            for (var most = counts.Most; now > most; most = counts.Most)
                if (Interlocked.CompareExchange(ref counts.Most, now, most) == most) break;
            // long enough that others who are let in would be seen beside it
            Thread.Sleep(5);
            try { return _real.VerifyHashedPassword(user, hashedPassword, providedPassword); }
            finally { Interlocked.Decrement(ref counts.Now); }
        }
    }
}

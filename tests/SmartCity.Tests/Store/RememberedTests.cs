using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SmartCity.Tests.Simulator;

namespace SmartCity.Tests.Store;

public sealed class RememberedTests : IDbContextFactory<DbContext>
{
    private readonly HandClock _time = new(DateTimeOffset.UnixEpoch);
    private int _stamps, _reads;
    private string _tables = "1";
    private Func<Task> _whileReading = () => Task.CompletedTask;

    public DbContext CreateDbContext() => new(new DbContextOptionsBuilder().Options);

    private Remembered<DbContext, string> Made() => new(this, _time,
        (_, _) => { _stamps++; return Task.FromResult(_tables); },
        async (_, _) =>
        {
            var read = $"{_tables}, read {(++_reads).ToString(CultureInfo.InvariantCulture)}";
            await _whileReading();
            return read;
        });

    [Fact]
    public async Task The_tables_are_asked_once_in_ten_seconds_and_read_only_when_they_differ()
    {
        using var kept = Made();
        Assert.Null(kept.Last);
        for (var i = 0; i < 3; i++) Assert.Equal("1, read 1", await kept.Now(TestContext.Current.CancellationToken));
        Assert.Equal((1, 1), (_stamps, _reads));

        _time.Advance(Remembered<DbContext, string>.Believed);
        Assert.Equal("1, read 1", await kept.Now(TestContext.Current.CancellationToken));
        Assert.Equal((2, 1), (_stamps, _reads));

        _tables = "2";
        Assert.Equal("1, read 1", await kept.Now(TestContext.Current.CancellationToken));
        _time.Advance(Remembered<DbContext, string>.Believed);
        Assert.Equal("2, read 2", await kept.Now(TestContext.Current.CancellationToken));
        Assert.Equal("2, read 2", kept.Last);
    }

    [Fact]
    public async Task What_is_written_is_seen_by_the_next_question()
    {
        using var kept = Made();
        await kept.Now(TestContext.Current.CancellationToken);
        _tables = "2";
        kept.Forget();
        Assert.Equal("2, read 2", await kept.Now(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_written_during_a_reading_is_not_forgotten()
    {
        using var kept = Made();
        _whileReading = () =>
        {
            _tables = "2";
            kept.Forget();
            return Task.CompletedTask;
        };
        Assert.Equal("1, read 1", await kept.Now(TestContext.Current.CancellationToken));
        _whileReading = () => Task.CompletedTask;
        Assert.Equal("2, read 2", await kept.Now(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_reading_that_fails_keeps_nothing_and_the_next_one_tries_again()
    {
        using var kept = Made();
        _whileReading = () => throw new InvalidOperationException("the database is away");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept.Now(TestContext.Current.CancellationToken));
        _whileReading = () => Task.CompletedTask;
        Assert.Equal("1, read 2", await kept.Now(TestContext.Current.CancellationToken));
    }
}

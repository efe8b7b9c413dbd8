using SmartCity.Shell.Feeds;

namespace SmartCity.Shell.Outbound;

/// <summary>The host's loggers, with every secret taken out of what they write, also out of exceptions.</summary>
internal sealed class RedactedLogs(LoggerFactory inner, Secrets secrets) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Redacted(inner.CreateLogger(categoryName), secrets);
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);
    public void Dispose() => inner.Dispose();

    private sealed class Redacted(ILogger inner, Secrets secrets) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);
        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel)) return;
            var (text, thrown) = (formatter(state, exception), exception?.ToString());
            var (clean, cleanThrown) = (secrets.Redact(text), thrown is null ? null : secrets.Redact(thrown));
            // almost always there is nothing to hide, and the line keeps its parts
            if (clean == text && cleanThrown == thrown) inner.Log(logLevel, eventId, state, exception, formatter);
            else inner.Log(logLevel, eventId, clean, cleanThrown is null ? null : new Told(cleanThrown), static (line, _) => line);
        }
    }

    /// <summary>What an exception said, without secrets.</summary>
    private sealed class Told(string text) : Exception(text)
    {
        public override string ToString() => Message;
    }
}

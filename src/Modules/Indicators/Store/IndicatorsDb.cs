using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators;

/// <summary>What people entered: values and their corrections, definitions, disputes, imports, guesses; and how often datasets were fetched.</summary>
internal sealed class IndicatorsDb(DbContextOptions<IndicatorsDb> options) : ModuleDbContext(options)
{
    public const string Module = "indicators";
    public override string ModuleKey => Module;

    public DbSet<ValueVersion> Versions => Set<ValueVersion>();
    public DbSet<StoredDefinition> Definitions => Set<StoredDefinition>();
    public DbSet<Dispute> Disputes => Set<Dispute>();
    public DbSet<Import> Imports => Set<Import>();
    public DbSet<StoredGuess> Guesses => Set<StoredGuess>();
    public DbSet<DownloadCount> Downloads => Set<DownloadCount>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<ValueVersion>(e =>
        {
            e.ToTable("versions");
            e.Property(v => v.Indicator).HasMaxLength(60);
            e.Property(v => v.Area).HasMaxLength(40);
            e.Property(v => v.Period).HasMaxLength(10);
            e.Property(v => v.Person).HasMaxLength(64);
            e.Property(v => v.Why).HasMaxLength(300);
            e.HasIndex(v => new { v.Indicator, v.Area, v.Period });
        });
        model.Entity<StoredDefinition>(e =>
        {
            e.ToTable("definitions");
            e.HasKey(d => d.Key);
            e.Property(d => d.Key).HasMaxLength(60);
            e.Property(d => d.Person).HasMaxLength(64);
        });
        model.Entity<Dispute>(e =>
        {
            e.ToTable("disputes");
            e.Property(d => d.Indicator).HasMaxLength(60);
            e.Property(d => d.Area).HasMaxLength(40);
            e.Property(d => d.Period).HasMaxLength(10);
            e.Property(d => d.Person).HasMaxLength(64);
            e.Property(d => d.Text).HasMaxLength(1000);
            e.Property(d => d.Answer).HasMaxLength(1000);
            e.Property(d => d.AnsweredBy).HasMaxLength(64);
            e.HasIndex(d => d.Indicator);
        });
        model.Entity<Import>(e =>
        {
            e.ToTable("imports");
            e.Property(i => i.Person).HasMaxLength(64);
            e.Property(i => i.File).HasMaxLength(200);
        });
        model.Entity<StoredGuess>(e =>
        {
            e.ToTable("guesses");
            e.Property(g => g.Indicator).HasMaxLength(60);
            e.Property(g => g.Visitor).HasMaxLength(64);
            e.Property(g => g.First).HasMaxLength(10);
            e.Property(g => g.Values).HasMaxLength(2000);
            e.HasIndex(g => new { g.Indicator, g.First, g.Visitor }).IsUnique();
        });
        model.Entity<DownloadCount>(e =>
        {
            e.ToTable("downloads");
            e.HasKey(d => new { d.Day, d.Dataset, d.Format });
            e.Property(d => d.Day).ValueGeneratedNever();
            e.Property(d => d.Dataset).HasMaxLength(100);
            e.Property(d => d.Format).HasMaxLength(10);
        });
    }
}

/// <summary>A value as it was stored once. Never changed: a correction is a later version, and the old value stays.</summary>
internal sealed class ValueVersion
{
    public long Id { get; set; }
    public string Indicator { get; set; } = "";
    /// <summary>Code of the area; empty for the whole city.</summary>
    public string Area { get; set; } = "";
    public string Period { get; set; } = "";
    /// <summary>In the indicator's unit; null when the value was taken back.</summary>
    public double? Value { get; set; }
    /// <summary>What stood there before; null when nothing did.</summary>
    public double? Was { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    public string Why { get; set; } = "";
    /// <summary>The import it came with, or null.</summary>
    public long? Import { get; set; }
}

/// <summary>An indicator that was defined by the form.</summary>
internal sealed class StoredDefinition
{
    public string Key { get; set; } = "";
    /// <summary>The definition, with the same fields as in a pack.</summary>
    public string Json { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
}

/// <summary>Somebody says that a value is wrong. The owner answers.</summary>
internal sealed class Dispute
{
    public long Id { get; set; }
    public string Indicator { get; set; } = "";
    public string Area { get; set; } = "";
    public string Period { get; set; } = "";
    /// <summary>The value that is disputed.</summary>
    public double? Value { get; set; }
    public string Text { get; set; } = "";
    public string Person { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string? Answer { get; set; }
    public string? AnsweredBy { get; set; }
    /// <summary>UTC milliseconds, or null while it is open.</summary>
    public long? AnsweredAt { get; set; }
    /// <summary>True when the owner agrees.</summary>
    public bool Agreed { get; set; }
}

/// <summary>A file that was uploaded, understood and shown, and what became of it.</summary>
internal sealed class Import
{
    public long Id { get; set; }
    public string Person { get; set; } = "";
    public string File { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    /// <summary>The rows, as JSON.</summary>
    public string Rows { get; set; } = "";
    /// <summary>UTC milliseconds, or null while it waits for a yes.</summary>
    public long? StoredAt { get; set; }
    /// <summary>UTC milliseconds, or null.</summary>
    public long? UndoneAt { get; set; }
}

/// <summary>A visitor's guess: only the shape, and a token's hash that tells one visitor from another.</summary>
internal sealed class StoredGuess
{
    public long Id { get; set; }
    public string Indicator { get; set; } = "";
    public string Visitor { get; set; } = "";
    /// <summary>The first period that was hidden.</summary>
    public string First { get; set; } = "";
    /// <summary>Numbers as JSON, one a hidden period.</summary>
    public string Values { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
}

/// <summary>How often a dataset was fetched on a day in a format.</summary>
internal sealed class DownloadCount
{
    /// <summary>Day of the city as 20261122.</summary>
    public int Day { get; set; }
    public string Dataset { get; set; } = "";
    public string Format { get; set; } = "";
    public long Count { get; set; }
}

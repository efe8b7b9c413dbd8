using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

/// <summary>What the feeds have brought.</summary>
internal sealed class FeedsDb(DbContextOptions<FeedsDb> options) : ModuleDbContext(options)
{
    public const string Module = "feeds";
    public override string ModuleKey => Module;

    public DbSet<StoredSeries> Series => Set<StoredSeries>();
    public DbSet<Observation> Observations => Set<Observation>();
    public DbSet<HourOf> Hours => Set<HourOf>();
    public DbSet<StoredDocument> Documents => Set<StoredDocument>();
    public DbSet<StoredPicture> Pictures => Set<StoredPicture>();
    public DbSet<DayOf> Days => Set<DayOf>();
    public DbSet<StoredDocumentVersion> DocumentVersions => Set<StoredDocumentVersion>();
    public DbSet<StoredEvent> Events => Set<StoredEvent>();
    public DbSet<StoredThing> Things => Set<StoredThing>();
    public DbSet<StoredFigure> Figures => Set<StoredFigure>();
    public DbSet<StoredFetch> Fetches => Set<StoredFetch>();
    public DbSet<StoredAnswer> Answers => Set<StoredAnswer>();
    public DbSet<StoredRaw> Raw => Set<StoredRaw>();
    public DbSet<StoredState> States => Set<StoredState>();
    public DbSet<StoredWriter> Writers => Set<StoredWriter>();
    public DbSet<RestoredMonth> Restored => Set<RestoredMonth>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<StoredSeries>(e =>
        {
            e.ToTable("series");
            e.Property(s => s.Feed).HasMaxLength(100);
            e.Property(s => s.Thing).HasMaxLength(200);
            e.Property(s => s.Property).HasMaxLength(60);
            e.HasIndex(s => new { s.Feed, s.Thing, s.Property }).IsUnique();
        });
        // clustered by time: small batches stay cheap as the table grows
        model.Entity<Observation>(e => { e.ToTable("observations"); e.HasKey(o => new { o.ObservedAt, o.SeriesId, o.FetchedAt }); });
        model.Entity<HourOf>(e => { e.ToTable("hours"); e.HasKey(h => new { h.SeriesId, h.Hour }); e.HasIndex(h => h.Hour); e.Property(h => h.ChangedAt).HasDefaultValue(0L); });
        model.Entity<DayOf>(e => { e.ToTable("days"); e.HasKey(d => new { d.SeriesId, d.Day }); e.HasIndex(d => d.Day); });
        model.Entity<StoredDocument>(e =>
        {
            e.ToTable("documents");
            e.HasKey(d => new { d.Feed, d.Id });
            e.Property(d => d.Feed).HasMaxLength(100);
            e.Property(d => d.Id).HasMaxLength(200);
            e.Property(d => d.Attributes).HasDefaultValue("");
            e.Property(d => d.FetchedAt).HasDefaultValue(0L);
            e.HasIndex(d => new { d.Feed, d.Published });
        });
        model.Entity<StoredDocumentVersion>(e =>
        {
            e.ToTable("document_versions");
            e.HasKey(d => new { d.Feed, d.Id, d.FetchedAt });
            e.Property(d => d.Feed).HasMaxLength(100);
            e.Property(d => d.Id).HasMaxLength(200);
        });
        model.Entity<StoredEvent>(e =>
        {
            e.ToTable("events");
            e.HasKey(v => new { v.Feed, v.Id, v.FetchedAt, v.Version });
            e.Property(v => v.Feed).HasMaxLength(100);
            e.Property(v => v.Id).HasMaxLength(400);
            e.Property(v => v.Kind).HasMaxLength(100);
            e.HasIndex(v => new { v.Feed, v.Status, v.Until, v.FetchedAt });
            e.HasIndex(v => new { v.Feed, v.FetchedAt });
            e.HasIndex(v => new { v.Feed, v.ReportedAt });
        });
        model.Entity<StoredThing>(e =>
        {
            e.ToTable("things");
            e.HasKey(t => new { t.Feed, t.Key, t.From });
            e.Property(t => t.Feed).HasMaxLength(100);
            e.Property(t => t.Key).HasMaxLength(200);
            e.HasIndex(t => new { t.Feed, t.From });
            e.HasIndex(t => new { t.Feed, t.Key }).HasFilter(StoredThing.Present);
            e.HasIndex(t => new { t.Feed, t.Until, t.From }).HasFilter(StoredThing.Long);
        });
        model.Entity<StoredFigure>(e =>
        {
            e.ToTable("figures");
            e.HasKey(f => new { f.Feed, f.Indicator, f.Area, f.Period, f.FetchedAt });
            e.Property(f => f.Feed).HasMaxLength(100);
            e.Property(f => f.Indicator).HasMaxLength(200);
            e.Property(f => f.Area).HasMaxLength(200);
            e.Property(f => f.Period).HasMaxLength(20);
            e.HasIndex(f => new { f.Feed, f.Until });
        });
        model.Entity<StoredFetch>(e => { e.ToTable("fetches"); e.HasKey(f => new { f.Feed, f.From }); e.Property(f => f.Feed).HasMaxLength(100); e.HasIndex(f => f.Until); });
        model.Entity<StoredAnswer>(e =>
        {
            e.ToTable("answers");
            e.HasKey(a => new { a.Feed, a.From });
            e.Property(a => a.Feed).HasMaxLength(100);
            e.Property(a => a.Hash).HasMaxLength(64);
            e.HasIndex(a => new { a.Feed, a.Until });
        });
        model.Entity<StoredRaw>(e => { e.ToTable("raw"); e.HasKey(r => r.Hash); e.Property(r => r.Hash).HasMaxLength(64); e.HasIndex(r => r.KeepUntil); });
        model.Entity<StoredState>(e => { e.ToTable("states"); e.HasKey(s => s.Feed); e.Property(s => s.Feed).HasMaxLength(100); });
        model.Entity<StoredWriter>(e => { e.ToTable("writers"); e.HasKey(w => w.Feed); e.Property(w => w.Feed).HasMaxLength(100); e.Property(w => w.Writer).HasMaxLength(32); });
        model.Entity<RestoredMonth>(e => { e.ToTable("restored"); e.HasKey(r => r.Month); e.Property(r => r.Month).HasMaxLength(7); });
        model.Entity<StoredPicture>(e => { e.ToTable("pictures"); e.HasKey(p => p.Feed); e.Property(p => p.Feed).HasMaxLength(100); });
    }
}

/// <summary>One property of one thing of one feed.</summary>
internal sealed class StoredSeries
{
    public int Id { get; set; }
    public string Feed { get; set; } = "";
    public string Thing { get; set; } = "";
    public string Property { get; set; } = "";
}

/// <summary>One value. Times are UTC milliseconds since 1970. A correction is a further row with a later fetch.</summary>
internal sealed class Observation
{
    public long ObservedAt { get; set; }
    public int SeriesId { get; set; }
    public long FetchedAt { get; set; }
    public long ObservedUntil { get; set; }
    public double? Value { get; set; }
    public short Quality { get; set; }
}

/// <summary>The values of a series within one hour, each time counted once, by its latest correction.</summary>
internal sealed class HourOf
{
    public int SeriesId { get; set; }
    public long Hour { get; set; }
    public int Count { get; set; }
    public double Sum { get; set; }
    public double Min { get; set; }
    public double Max { get; set; }
    /// <summary>The latest fetch that had a part in it: before it, the hour was known otherwise. Zero where it was not noted.</summary>
    public long ChangedAt { get; set; }
}

/// <summary>The hours of a series within one day of the city.</summary>
internal sealed class DayOf
{
    public int SeriesId { get; set; }
    /// <summary>Midnight of the city.</summary>
    public long Day { get; set; }
    public int Count { get; set; }
    public double Sum { get; set; }
    public double Min { get; set; }
    public double Max { get; set; }
}

internal sealed class StoredDocument
{
    public string Feed { get; set; } = "";
    public string Id { get; set; } = "";
    public string Title { get; set; } = "";
    public string? Link { get; set; }
    public long Published { get; set; }
    public string Summary { get; set; } = "";
    public string? Language { get; set; }
    /// <summary>JSON; empty when there are none.</summary>
    public string Attributes { get; set; } = "";
    /// <summary>When it was first fetched as it is now; zero where it was not noted.</summary>
    public long FetchedAt { get; set; }
}

/// <summary>What a document said before it was changed.</summary>
internal sealed class StoredDocumentVersion
{
    public string Feed { get; set; } = "";
    public string Id { get; set; } = "";
    public long FetchedAt { get; set; }
    public long Until { get; set; }
    public string Title { get; set; } = "";
    public string? Link { get; set; }
    public long Published { get; set; }
    public string Summary { get; set; } = "";
    public string? Language { get; set; }
    public string Attributes { get; set; } = "";
}

/// <summary>One version of an event: valid from its fetch until the next one's.</summary>
internal sealed class StoredEvent
{
    public string Feed { get; set; } = "";
    public string Id { get; set; } = "";
    public long FetchedAt { get; set; }
    public long Version { get; set; }
    /// <summary>The source's own number, or zero: what is lower is old.</summary>
    public long Said { get; set; }
    /// <summary>Of what the source said, to know it when it is said again.</summary>
    public long Hash { get; set; }
    public short Status { get; set; }
    public string Kind { get; set; } = "";
    public long ReportedAt { get; set; }
    public long? Expires { get; set; }
    public long? Until { get; set; }
    /// <summary>JSON of everything else.</summary>
    public string Body { get; set; } = "";
}

/// <summary>A thing as it was from one fetch until another.</summary>
internal sealed class StoredThing
{
    /// <summary>Versions that hold now.</summary>
    public const string Present = "\"Until\" IS NULL";
    /// <summary>Versions that held for longer than <see cref="ShortMs"/>: few, because what moves changes at every fetch.</summary>
    public const string Long = "\"Until\" - \"From\" > 600000";
    public const long ShortMs = 600_000;

    public string Feed { get; set; } = "";
    public string Key { get; set; } = "";
    public long From { get; set; }
    public long? Until { get; set; }
    public string Body { get; set; } = "";
}

/// <summary>One value of an indicator; a correction is a further row.</summary>
internal sealed class StoredFigure
{
    public string Feed { get; set; } = "";
    public string Indicator { get; set; } = "";
    /// <summary>Empty for the whole city.</summary>
    public string Area { get; set; } = "";
    public string Period { get; set; } = "";
    public long FetchedAt { get; set; }
    public double? Value { get; set; }
    public string Unit { get; set; } = "";
    public double? Target { get; set; }
    public long? Until { get; set; }
}

/// <summary>Fetches of a feed, one after the other, that came to the same.</summary>
internal sealed class StoredFetch
{
    public string Feed { get; set; } = "";
    public long From { get; set; }
    public long Until { get; set; }
    public int Count { get; set; }
    public short Outcome { get; set; }
    public string? Detail { get; set; }
}

/// <summary>Fetches of a feed, one after the other, that came to the same with the same answer.</summary>
internal sealed class StoredAnswer
{
    public string Feed { get; set; } = "";
    public long From { get; set; }
    public long Until { get; set; }
    public int Count { get; set; }
    public short Outcome { get; set; }
    public string? Detail { get; set; }
    public int Rows { get; set; }
    /// <summary>Milliseconds of the last one.</summary>
    public int Took { get; set; }
    public string? ContentType { get; set; }
    /// <summary>SHA-256 of the bytes in hexadecimal; empty when there were none.</summary>
    public string Hash { get; set; } = "";
    public int Size { get; set; }
}

/// <summary>The bytes of an answer, compressed with Brotli, once however often they were sent.</summary>
internal sealed class StoredRaw
{
    public string Hash { get; set; } = "";
    public byte[] Bytes { get; set; } = [];
    public long KeepUntil { get; set; }
}

/// <summary>How a feed is doing, as the host that asked it last knows it; where the city has one host, nobody needs it.</summary>
internal sealed class StoredState
{
    public string Feed { get; set; } = "";
    public long? LastAttempt { get; set; }
    public long? LastSuccess { get; set; }
    public short Outcome { get; set; }
    public string? Detail { get; set; }
    public int Rows { get; set; }
    public int Took { get; set; }
    public int Failures { get; set; }
    public long Fetches { get; set; }
    public long? AsOf { get; set; }
    public bool NothingMeasured { get; set; }
    public int LeftOut { get; set; }
    public long? NextAttempt { get; set; }
    public int CallsToday { get; set; }
}

/// <summary>Which process wrote the values of a feed last; where the city has one host, nobody needs it.</summary>
internal sealed class StoredWriter
{
    public string Feed { get; set; } = "";
    public string Writer { get; set; } = "";
}

/// <summary>A month that was brought back from the archive.</summary>
internal sealed class RestoredMonth
{
    public string Month { get; set; } = "";
    public long At { get; set; }
}

/// <summary>The newest picture of a feed.</summary>
internal sealed class StoredPicture
{
    public string Feed { get; set; } = "";
    public long TakenAt { get; set; }
    public string ContentType { get; set; } = "";
    public int Width { get; set; }
    public int Height { get; set; }
    public string Hash { get; set; } = "";
    public byte[] Bytes { get; set; } = [];
}

[DbContext(typeof(FeedsDb)), Migration("20261122000000_Feeds")]
internal sealed class CreateFeeds : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("series"), schema: Schema, columns: t => new
        {
            Id = t.Column<int>().Annotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn).Annotation("Sqlite:Autoincrement", true),
            Feed = t.Column<string>(maxLength: 100),
            Thing = t.Column<string>(maxLength: 200),
            Property = t.Column<string>(maxLength: 60),
        }, constraints: t => t.PrimaryKey("PK_feeds_series", x => x.Id));
        m.CreateIndex("IX_feeds_series_key", Table("series"), ["Feed", "Thing", "Property"], schema: Schema, unique: true);
        m.CreateTable(Table("observations"), schema: Schema, columns: t => new
        {
            ObservedAt = t.Column<long>(),
            SeriesId = t.Column<int>(),
            FetchedAt = t.Column<long>(),
            ObservedUntil = t.Column<long>(),
            Value = t.Column<double>(nullable: true),
            Quality = t.Column<short>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_observations", x => new { x.ObservedAt, x.SeriesId, x.FetchedAt }));
        m.CreateTable(Table("hours"), schema: Schema, columns: t => new
        {
            SeriesId = t.Column<int>(),
            Hour = t.Column<long>(),
            Count = t.Column<int>(),
            Sum = t.Column<double>(),
            Min = t.Column<double>(),
            Max = t.Column<double>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_hours", x => new { x.SeriesId, x.Hour }));
        m.CreateIndex("IX_feeds_hours_hour", Table("hours"), "Hour", schema: Schema);
        m.CreateTable(Table("documents"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Id = t.Column<string>(maxLength: 200),
            Title = t.Column<string>(),
            Link = t.Column<string>(nullable: true),
            Published = t.Column<long>(),
            Summary = t.Column<string>(),
            Language = t.Column<string>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_feeds_documents", x => new { x.Feed, x.Id }));
        m.CreateIndex("IX_feeds_documents_published", Table("documents"), ["Feed", "Published"], schema: Schema);
        m.CreateTable(Table("pictures"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            TakenAt = t.Column<long>(),
            ContentType = t.Column<string>(),
            Width = t.Column<int>(),
            Height = t.Column<int>(),
            Hash = t.Column<string>(),
            Bytes = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_pictures", x => x.Feed));
    }
}

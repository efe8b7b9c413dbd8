using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects;

/// <summary>What people wrote about projects: entries, editions that were published, documents, saved filters.</summary>
internal sealed class UrbanProjectsDb(DbContextOptions<UrbanProjectsDb> options) : ModuleDbContext(options)
{
    public const string Module = "urban-projects";
    public override string ModuleKey => Module;

    public DbSet<Entry> Entries => Set<Entry>();
    public DbSet<Edition> Editions => Set<Edition>();
    public DbSet<Paper> Papers => Set<Paper>();
    public DbSet<ProjectDefinition> Definitions => Set<ProjectDefinition>();
    public DbSet<SavedFilter> Filters => Set<SavedFilter>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<Entry>(e =>
        {
            e.ToTable("entries");
            e.Property(x => x.Project).HasMaxLength(60);
            e.Property(x => x.Kind).HasMaxLength(20);
            e.Property(x => x.Subject).HasMaxLength(80);
            e.Property(x => x.Person).HasMaxLength(64);
            e.Property(x => x.Why).HasMaxLength(500);
            e.HasIndex(x => new { x.Project, x.Kind, x.Subject });
        });
        model.Entity<Edition>(e =>
        {
            e.ToTable("editions");
            e.Property(x => x.Project).HasMaxLength(60);
            e.Property(x => x.Open).HasMaxLength(300);
            e.Property(x => x.Person).HasMaxLength(64);
            e.Property(x => x.Why).HasMaxLength(500);
            e.HasIndex(x => new { x.Project, x.Number }).IsUnique();
        });
        model.Entity<Paper>(e =>
        {
            e.ToTable("papers");
            e.Property(x => x.Project).HasMaxLength(60);
            e.Property(x => x.Series).HasMaxLength(32);
            e.Property(x => x.Title).HasMaxLength(120);
            e.Property(x => x.Name).HasMaxLength(120);
            e.Property(x => x.Kind).HasMaxLength(10);
            e.Property(x => x.File).HasMaxLength(32);
            e.Property(x => x.Sha256).HasMaxLength(64);
            e.Property(x => x.Person).HasMaxLength(64);
            e.Property(x => x.Why).HasMaxLength(500);
            e.Property(x => x.WithdrawnBy).HasMaxLength(64);
            e.HasIndex(x => new { x.Project, x.Series, x.Version }).IsUnique();
        });
        model.Entity<ProjectDefinition>(e =>
        {
            e.ToTable("definitions");
            e.HasKey(x => x.Key);
            e.Property(x => x.Key).HasMaxLength(60);
            e.Property(x => x.Classification).HasMaxLength(60);
            e.Property(x => x.Person).HasMaxLength(64);
            e.Property(x => x.WithdrawnBy).HasMaxLength(64);
        });
        model.Entity<SavedFilter>(e =>
        {
            e.ToTable("filters");
            e.Property(x => x.Id).HasMaxLength(16);
            e.Property(x => x.Name).HasMaxLength(60);
            e.Property(x => x.Query).HasMaxLength(500);
            e.Property(x => x.View).HasMaxLength(10);
            e.Property(x => x.Person).HasMaxLength(64);
            e.HasIndex(x => x.Person);
        });
    }
}

/// <summary>One thing as it was written once. Never changed: a correction, and taking something back, is a later entry.</summary>
internal sealed class Entry
{
    public long Id { get; set; }
    public string Project { get; set; } = "";
    /// <summary>One of <see cref="Kinds"/>.</summary>
    public string Kind { get; set; } = "";
    /// <summary>What it is about within its kind: a day, a year, a milestone's key.</summary>
    public string Subject { get; set; } = "";
    /// <summary>Numbers and days invariant; null when nothing stands there any more.</summary>
    public string? Value { get; set; }
    /// <summary>What stood there before.</summary>
    public string? Was { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    public string Why { get; set; } = "";
    /// <summary>The entry that this one takes back, or null.</summary>
    public long? Undoes { get; set; }
}

/// <summary>What the public sees from a moment on: everything written until then, of the fields that are open.</summary>
internal sealed class Edition
{
    public long Id { get; set; }
    public string Project { get; set; } = "";
    /// <summary>Counts up from 1 within its project.</summary>
    public int Number { get; set; }
    /// <summary>The last entry in it.</summary>
    public long UpTo { get; set; }
    /// <summary>The last paper in it.</summary>
    public long PapersUpTo { get; set; }
    /// <summary>Names of the open fields with commas between.</summary>
    public string Open { get; set; } = "";
    /// <summary>True when the project is taken off the public's sight.</summary>
    public bool Closed { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    public string Why { get; set; } = "";

    public IReadOnlySet<Field> Fields => Open.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(f => Enum.TryParse<Field>(f, out var named) ? named : (Field?)null).OfType<Field>().ToHashSet();
}

/// <summary>One version of a document. The file lies outside the web root under a random name.</summary>
internal sealed class Paper
{
    public long Id { get; set; }
    public string Project { get; set; } = "";
    /// <summary>The document whose version it is.</summary>
    public string Series { get; set; } = "";
    /// <summary>Counts up from 1 within its series.</summary>
    public int Version { get; set; }
    public string Title { get; set; } = "";
    /// <summary>Its name when it is saved, cleaned.</summary>
    public string Name { get; set; } = "";
    /// <summary>Key of a <see cref="FileKind"/>.</summary>
    public string Kind { get; set; } = "";
    /// <summary>Name of the stored file.</summary>
    public string File { get; set; } = "";
    public long Bytes { get; set; }
    /// <summary>Lower-case hexadecimal, of the stored bytes.</summary>
    public string Sha256 { get; set; } = "";
    /// <summary>True when the public may have it once it is published.</summary>
    public bool Open { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    public string Why { get; set; } = "";
    /// <summary>UTC milliseconds, or null.</summary>
    public long? WithdrawnAt { get; set; }
    public string? WithdrawnBy { get; set; }
}

/// <summary>A project that was defined by form. Never changed: what is written later lies over it, as over one of the pack.</summary>
internal sealed class ProjectDefinition
{
    public string Key { get; set; } = "";
    /// <summary>Key of its class.</summary>
    public string Classification { get; set; } = "";
    /// <summary>In the grammar of the pack's files.</summary>
    public string Stated { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    /// <summary>UTC milliseconds, or null. Its key stays taken.</summary>
    public long? WithdrawnAt { get; set; }
    public string? WithdrawnBy { get; set; }
}

/// <summary>A filter that somebody keeps under an address of its own; whoever has the address may use it.</summary>
internal sealed class SavedFilter
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    /// <summary>As in the address of the list.</summary>
    public string Query { get; set; } = "";
    /// <summary>list, map or schedule.</summary>
    public string View { get; set; } = "";
    public string Person { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
}

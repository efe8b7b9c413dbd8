using Microsoft.EntityFrameworkCore;

namespace SmartCity.Traffic;

/// <summary>What people decided: which cameras are open, and whose favourites they are.</summary>
internal sealed class TrafficDb(DbContextOptions<TrafficDb> options) : ModuleDbContext(options)
{
    public const string Module = "traffic";
    public override string ModuleKey => Module;

    public DbSet<CameraRelease> Releases => Set<CameraRelease>();
    public DbSet<Favourite> Favourites => Set<Favourite>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<CameraRelease>(e =>
        {
            e.ToTable("releases");
            e.HasKey(r => r.Camera);
            e.Property(r => r.Camera).HasMaxLength(20);
            e.Property(r => r.Person).HasMaxLength(64);
            e.Property(r => r.Why).HasMaxLength(300);
            e.Ignore(r => r.UntilAt);
        });
        model.Entity<Favourite>(e =>
        {
            e.ToTable("favourites");
            e.HasKey(f => new { f.Person, f.Camera });
            e.Property(f => f.Person).HasMaxLength(64);
            e.Property(f => f.Camera).HasMaxLength(20);
        });
    }
}

/// <summary>A person's decision about a camera. The one before stands in the audit trail.</summary>
internal sealed class CameraRelease
{
    public string Camera { get; set; } = "";
    /// <summary>True when it is open to everyone, false when it was taken back.</summary>
    public bool Open { get; set; }
    /// <summary>UTC milliseconds; null for as long as nobody decides again.</summary>
    public long? Until { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    public string Why { get; set; } = "";
    public DateTimeOffset? UntilAt => Until is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;
}

/// <summary>A camera that a person wants at hand.</summary>
internal sealed class Favourite
{
    public string Person { get; set; } = "";
    public string Camera { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
}

using Microsoft.EntityFrameworkCore;

namespace SmartCity.DisasterSafety;

/// <summary>What people did about incidents: acts, orders, acknowledged alarms, declared emergencies.</summary>
internal sealed class DisasterDb(DbContextOptions<DisasterDb> options) : ModuleDbContext(options)
{
    public const string Module = "disaster-safety";
    public override string ModuleKey => Module;

    public DbSet<Act> Acts => Set<Act>();
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Acknowledgement> Acknowledgements => Set<Acknowledgement>();
    public DbSet<Emergency> Emergencies => Set<Emergency>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<Act>(e =>
        {
            e.ToTable("acts");
            e.Property(a => a.Incident).HasMaxLength(70);
            e.Property(a => a.Kind).HasMaxLength(20);
            e.Property(a => a.Person).HasMaxLength(64);
            e.Property(a => a.Value).HasMaxLength(200);
            e.Property(a => a.Text).HasMaxLength(1000);
            e.Property(a => a.UndoneBy).HasMaxLength(64);
            e.HasIndex(a => a.Incident);
            e.Ignore(a => a.Time);
        });
        model.Entity<Order>(e =>
        {
            e.ToTable("orders");
            e.Property(o => o.Incident).HasMaxLength(70);
            e.Property(o => o.To).HasMaxLength(100);
            e.Property(o => o.What).HasMaxLength(1000);
            e.Property(o => o.Person).HasMaxLength(64);
            e.Property(o => o.AcknowledgedBy).HasMaxLength(64);
            e.Property(o => o.DoneBy).HasMaxLength(64);
            e.Property(o => o.Result).HasMaxLength(1000);
            e.Property(o => o.WithdrawnBy).HasMaxLength(64);
            e.HasIndex(o => o.Incident);
        });
        model.Entity<Acknowledgement>(e =>
        {
            e.ToTable("acknowledgements");
            e.Property(a => a.Rule).HasMaxLength(60);
            e.Property(a => a.Scope).HasMaxLength(60);
            e.Property(a => a.Person).HasMaxLength(64);
            e.HasIndex(a => a.At);
        });
        model.Entity<Emergency>(e =>
        {
            e.ToTable("emergencies");
            e.Property(m => m.Incident).HasMaxLength(70);
            e.Property(m => m.Cameras).HasMaxLength(4000);
            e.Property(m => m.Why).HasMaxLength(1000);
            e.Property(m => m.Person).HasMaxLength(64);
            e.Property(m => m.EndedBy).HasMaxLength(64);
            e.HasIndex(m => m.Until);
        });
    }
}

/// <summary>Something a person did to an incident. Never deleted: what was taken back says so.</summary>
internal sealed class Act
{
    public const string Escalation = "escalation", Merger = "merger", Closure = "closure", Assignment = "assignment", Note = "note";

    public long Id { get; set; }
    public string Incident { get; set; } = "";
    public string Kind { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
    /// <summary>The new severity, the other incident, the officer.</summary>
    public string Value { get; set; } = "";
    public string Text { get; set; } = "";
    /// <summary>UTC milliseconds, or null.</summary>
    public long? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(At);
}

/// <summary>Who was asked to do what by when.</summary>
internal sealed class Order
{
    public long Id { get; set; }
    public string Incident { get; set; } = "";
    public string To { get; set; } = "";
    public string What { get; set; } = "";
    public string Person { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    /// <summary>By when, UTC milliseconds.</summary>
    public long Due { get; set; }
    public long? AcknowledgedAt { get; set; }
    public string? AcknowledgedBy { get; set; }
    public long? DoneAt { get; set; }
    public string? DoneBy { get; set; }
    public string? Result { get; set; }
    public long? WithdrawnAt { get; set; }
    public string? WithdrawnBy { get; set; }

    /// <summary>Its state in a short word of the module.</summary>
    public string StateAt(DateTimeOffset now) => WithdrawnAt is not null ? "withdrawn" : DoneAt is not null ? "done"
        : Due < now.ToUnixTimeMilliseconds() ? "overdue" : AcknowledgedAt is not null ? "acknowledged" : "given";
}

/// <summary>A person has seen what an alarm calls for: an incident (<see cref="Alarm.One"/>, its name) or a gauge.</summary>
internal sealed class Acknowledgement
{
    public long Id { get; set; }
    public string Rule { get; set; } = "";
    public string Scope { get; set; } = "";
    public Severity Severity { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Person { get; set; } = "";
}

/// <summary>An incident and chosen cameras are open to everyone until a stated time.</summary>
internal sealed class Emergency
{
    public long Id { get; set; }
    public string Incident { get; set; } = "";
    /// <summary>Keys and names of the cameras, a line each: key, tab, name.</summary>
    public string Cameras { get; set; } = "";
    public string Why { get; set; } = "";
    public string Person { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    /// <summary>UTC milliseconds. From then on nothing is open, whoever sleeps.</summary>
    public long Until { get; set; }
    /// <summary>When its end was written down, UTC milliseconds.</summary>
    public long? EndedAt { get; set; }
    /// <summary>Who ended it; null when it ended by itself.</summary>
    public string? EndedBy { get; set; }

    public bool OpenAt(DateTimeOffset now) => EndedAt is null && At <= now.ToUnixTimeMilliseconds() && now.ToUnixTimeMilliseconds() < Until;

    public IEnumerable<(string Key, string Name)> Chosen => Cameras.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t', 2)).Select(p => (p[0], p[^1]));
}

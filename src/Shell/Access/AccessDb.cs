using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Shell.Access;

/// <summary>People, their roles and credentials, what roles may do, and what happened.</summary>
internal sealed class AccessDb(DbContextOptions<AccessDb> options) : IdentityDbContext<Person, IdentityRole<Guid>, Guid>(options), IModuleDb
{
    public const string Module = "access";
    public string ModuleKey => Module;

    public DbSet<RoleGrant> Grants => Set<RoleGrant>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<OneTimeLink> Links => Set<OneTimeLink>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();
    public DbSet<ShownOnce> Once => Set<ShownOnce>();
    public DbSet<WrongTries> Tries => Set<WrongTries>();

    // stated here, because migrations run where Identity's options are not read
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Person>(e =>
        {
            e.ToTable("people");
            e.Property(p => p.Department).HasMaxLength(40);
            e.Property(p => p.Listed).HasMaxLength(100);
        });
        builder.Entity<IdentityRole<Guid>>().ToTable("roles");
        builder.Entity<IdentityUserRole<Guid>>().ToTable("person_roles");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("person_claims");
        builder.Entity<IdentityRoleClaim<Guid>>().ToTable("role_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("person_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("person_tokens");
        builder.Entity<IdentityUserPasskey<Guid>>().ToTable("passkeys");
        builder.Entity<RoleGrant>(e =>
        {
            e.ToTable("grants");
            e.HasKey(g => new { g.Role, g.Permission });
            e.Property(g => g.Role).HasMaxLength(40);
            e.Property(g => g.Permission).HasMaxLength(100);
        });
        builder.Entity<AuditEntry>(e =>
        {
            e.ToTable("audit");
            e.Property(a => a.Kind).HasMaxLength(40);
            e.Property(a => a.Person).HasMaxLength(AuditEntry.Longest);
            e.Property(a => a.Subject).HasMaxLength(AuditEntry.Longest);
            e.Property(a => a.Detail).HasMaxLength(AuditEntry.Longest);
            e.Property(a => a.Address).HasMaxLength(64);
            e.HasIndex(a => a.At);
        });
        builder.Entity<OneTimeLink>(e =>
        {
            e.ToTable("links");
            e.HasKey(l => l.Hash);
            e.Property(l => l.Hash).HasMaxLength(64);
            e.Property(l => l.Kind).HasMaxLength(20);
            e.HasOne<Person>().WithMany().HasForeignKey(l => l.PersonId);
        });
        builder.Entity<Session>(e =>
        {
            e.ToTable("sessions");
            e.Property(s => s.Id).ValueGeneratedNever();
            e.HasOne<Person>().WithMany().HasForeignKey(s => s.PersonId);
        });
        builder.Entity<ShownOnce>(e => { e.ToTable("once"); e.HasKey(o => o.Key); e.Property(o => o.Key).HasMaxLength(64); e.HasIndex(o => o.Until); });
        builder.Entity<WrongTries>(e => { e.ToTable("tries"); e.HasKey(t => t.Key); e.Property(t => t.Key).HasMaxLength(64); e.HasIndex(t => t.Last); });
        builder.Entity<ProtectionKey>().ToTable("protection_keys");
        ModuleTables.Place(builder, ModuleKey, Database.ProviderName);
    }
}

/// <summary>Someone who can sign in.</summary>
internal sealed class Person : IdentityUser<Guid>
{
    public Person() => (Id, SecurityStamp) = (Guid.CreateVersion7(), Guid.NewGuid().ToString("N"));

    /// <summary>Locked by an administrator: no way in, until unlocked.</summary>
    public bool Locked { get; set; }
    /// <summary>Code of the department that the person works for; null for none.</summary>
    public string? Department { get; set; }
    /// <summary>What the pack's list of people said last, see <see cref="City.PackUser.Said"/>; null for somebody who is not of the list.</summary>
    public string? Listed { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>An administrator's change to what a role may do.</summary>
internal sealed class RoleGrant
{
    public string Role { get; set; } = "";
    public string Permission { get; set; } = "";
    public bool Granted { get; set; }
}

/// <summary>Something that happened, in the words of <see cref="AuditKinds"/>. Never changed, never removed by a page.</summary>
internal sealed class AuditEntry
{
    /// <summary>Letters that a text of an entry has at most.</summary>
    public const int Longest = 300;

    public long Id { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Kind { get; set; } = "";
    /// <summary>Name of who did it, as it was then; null for nobody signed in.</summary>
    public string? Person { get; set; }
    /// <summary>Whom or what it was done to.</summary>
    public string? Subject { get; set; }
    public string? Detail { get; set; }
    public string? Address { get; set; }
}

/// <summary>A link that signs one person in once. Only its hash is kept.</summary>
internal sealed class OneTimeLink
{
    /// <summary>SHA-256 of the token, in lower-case hexadecimal.</summary>
    public string Hash { get; set; } = "";
    public Guid PersonId { get; set; }
    public string Kind { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long ExpiresAt { get; set; }
    /// <summary>UTC milliseconds, or null while unused.</summary>
    public long? UsedAt { get; set; }
}

/// <summary>One sign-in on one device. The cookie only names it: what is removed here is signed out there.</summary>
internal sealed class Session
{
    public Guid Id { get; set; }
    public Guid PersonId { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long StartedAt { get; set; }
    /// <summary>UTC milliseconds when a screen that stays signed in last used it, to some minutes; null for a session like any other.</summary>
    public long? KeptAt { get; set; }
}

/// <summary>A key that protects cookies and form tokens; in the database, so that every host of the city shares it.</summary>
internal sealed class ProtectionKey
{
    public int Id { get; set; }
    public string? Name { get; set; }
    public string Xml { get; set; } = "";
}

/// <summary>Something that opens once, by its hash.</summary>
internal sealed class ShownOnce
{
    public string Key { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long Until { get; set; }
}

/// <summary>Wrong tries to sign in by the hash of a name or an address, where several hosts count together.</summary>
internal sealed class WrongTries
{
    public string Key { get; set; } = "";
    public int Wrong { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long Last { get; set; }
}

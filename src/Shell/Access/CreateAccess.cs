using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace SmartCity.Shell.Access;

[DbContext(typeof(AccessDb)), Migration("20261122000000_Access")]
internal sealed class CreateAccess : ModuleMigration
{
    protected override string ModuleKey => AccessDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("people"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            Locked = t.Column<bool>(),
            CreatedAt = t.Column<long>(),
            UserName = t.Column<string>(maxLength: 256, nullable: true),
            NormalizedUserName = t.Column<string>(maxLength: 256, nullable: true),
            Email = t.Column<string>(maxLength: 256, nullable: true),
            NormalizedEmail = t.Column<string>(maxLength: 256, nullable: true),
            EmailConfirmed = t.Column<bool>(),
            PasswordHash = t.Column<string>(nullable: true),
            SecurityStamp = t.Column<string>(nullable: true),
            ConcurrencyStamp = t.Column<string>(nullable: true),
            PhoneNumber = t.Column<string>(maxLength: 256, nullable: true),
            PhoneNumberConfirmed = t.Column<bool>(),
            TwoFactorEnabled = t.Column<bool>(),
            LockoutEnd = t.Column<DateTimeOffset>(nullable: true),
            LockoutEnabled = t.Column<bool>(),
            AccessFailedCount = t.Column<int>(),
        }, constraints: t => t.PrimaryKey("PK_access_people", x => x.Id));
        m.CreateIndex("UserNameIndex", Table("people"), "NormalizedUserName", schema: Schema, unique: true);
        m.CreateIndex("EmailIndex", Table("people"), "NormalizedEmail", schema: Schema);

        m.CreateTable(Table("roles"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            Name = t.Column<string>(maxLength: 256, nullable: true),
            NormalizedName = t.Column<string>(maxLength: 256, nullable: true),
            ConcurrencyStamp = t.Column<string>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_access_roles", x => x.Id));
        m.CreateIndex("RoleNameIndex", Table("roles"), "NormalizedName", schema: Schema, unique: true);
        // the roles of the platform; the kernel names them, so they come with the tables
        foreach (var (role, number) in Roles.All.Where(r => r != Roles.Anyone).Select((r, i) => (r, i + 1)))
        {
            var id = $"019AA000-0000-7000-8000-00000000000{number}";
            m.Sql($"INSERT INTO {(IsPostgres ? $"\"{Schema}\".\"roles\"" : $"\"{Table("roles")}\"")} (\"Id\", \"Name\", \"NormalizedName\", \"ConcurrencyStamp\") VALUES ('{id}', '{role}', '{role.ToUpperInvariant()}', '{id}')");
        }

        m.CreateTable(Table("person_roles"), schema: Schema, columns: t => new { UserId = t.Column<Guid>(), RoleId = t.Column<Guid>() }, constraints: t =>
        {
            t.PrimaryKey("PK_access_person_roles", x => new { x.UserId, x.RoleId });
            OfPerson(t, "person_roles", x => x.UserId);
            t.ForeignKey("FK_access_person_roles_role", x => x.RoleId, Table("roles"), "Id", Schema, onDelete: ReferentialAction.Cascade);
        });
        m.CreateIndex("IX_access_person_roles_role", Table("person_roles"), "RoleId", schema: Schema);
        m.CreateTable(Table("person_claims"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<int>()),
            UserId = t.Column<Guid>(),
            ClaimType = t.Column<string>(nullable: true),
            ClaimValue = t.Column<string>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_person_claims", x => x.Id);
            OfPerson(t, "person_claims", x => x.UserId);
        });
        m.CreateIndex("IX_access_person_claims_person", Table("person_claims"), "UserId", schema: Schema);
        m.CreateTable(Table("role_claims"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<int>()),
            RoleId = t.Column<Guid>(),
            ClaimType = t.Column<string>(nullable: true),
            ClaimValue = t.Column<string>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_role_claims", x => x.Id);
            t.ForeignKey("FK_access_role_claims_role", x => x.RoleId, Table("roles"), "Id", Schema, onDelete: ReferentialAction.Cascade);
        });
        m.CreateIndex("IX_access_role_claims_role", Table("role_claims"), "RoleId", schema: Schema);
        m.CreateTable(Table("person_logins"), schema: Schema, columns: t => new
        {
            LoginProvider = t.Column<string>(maxLength: 128),
            ProviderKey = t.Column<string>(maxLength: 128),
            ProviderDisplayName = t.Column<string>(nullable: true),
            UserId = t.Column<Guid>(),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_person_logins", x => new { x.LoginProvider, x.ProviderKey });
            OfPerson(t, "person_logins", x => x.UserId);
        });
        m.CreateIndex("IX_access_person_logins_person", Table("person_logins"), "UserId", schema: Schema);
        m.CreateTable(Table("person_tokens"), schema: Schema, columns: t => new
        {
            UserId = t.Column<Guid>(),
            LoginProvider = t.Column<string>(maxLength: 128),
            Name = t.Column<string>(maxLength: 128),
            Value = t.Column<string>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_person_tokens", x => new { x.UserId, x.LoginProvider, x.Name });
            OfPerson(t, "person_tokens", x => x.UserId);
        });
        m.CreateTable(Table("passkeys"), schema: Schema, columns: t => new
        {
            CredentialId = t.Column<byte[]>(maxLength: 1024),
            UserId = t.Column<Guid>(),
            // the one column with a type: EF Core writes JSON to PostgreSQL as jsonb and nothing else
            Data = t.Column<string>(type: IsPostgres ? "jsonb" : null),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_passkeys", x => x.CredentialId);
            OfPerson(t, "passkeys", x => x.UserId);
        });
        m.CreateIndex("IX_access_passkeys_person", Table("passkeys"), "UserId", schema: Schema);

        m.CreateTable(Table("grants"), schema: Schema, columns: t => new
        {
            Role = t.Column<string>(maxLength: 40),
            Permission = t.Column<string>(maxLength: 100),
            Granted = t.Column<bool>(),
        }, constraints: t => t.PrimaryKey("PK_access_grants", x => new { x.Role, x.Permission }));
        m.CreateTable(Table("audit"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            At = t.Column<long>(),
            Kind = t.Column<string>(maxLength: 40),
            Person = t.Column<string>(maxLength: 300, nullable: true),
            Subject = t.Column<string>(maxLength: 300, nullable: true),
            Detail = t.Column<string>(maxLength: 300, nullable: true),
            Address = t.Column<string>(maxLength: 64, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_access_audit", x => x.Id));
        m.CreateIndex("IX_access_audit_at", Table("audit"), "At", schema: Schema);
        m.CreateTable(Table("links"), schema: Schema, columns: t => new
        {
            Hash = t.Column<string>(maxLength: 64),
            PersonId = t.Column<Guid>(),
            Kind = t.Column<string>(maxLength: 20),
            ExpiresAt = t.Column<long>(),
            UsedAt = t.Column<long>(nullable: true),
        }, constraints: t =>
        {
            t.PrimaryKey("PK_access_links", x => x.Hash);
            OfPerson(t, "links", x => x.PersonId);
        });
        m.CreateIndex("IX_access_links_person", Table("links"), "PersonId", schema: Schema);
        m.CreateTable(Table("sessions"), schema: Schema, columns: t => new { Id = t.Column<Guid>(), PersonId = t.Column<Guid>(), StartedAt = t.Column<long>() }, constraints: t =>
        {
            t.PrimaryKey("PK_access_sessions", x => x.Id);
            OfPerson(t, "sessions", x => x.PersonId);
        });
        m.CreateIndex("IX_access_sessions_person", Table("sessions"), "PersonId", schema: Schema);
        m.CreateTable(Table("protection_keys"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<int>()),
            Name = t.Column<string>(nullable: true),
            Xml = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_access_protection_keys", x => x.Id));
    }

    private void OfPerson<T>(CreateTableBuilder<T> t, string table, System.Linq.Expressions.Expression<Func<T, object>> column) =>
        t.ForeignKey($"FK_access_{table}_person", column, Table("people"), "Id", Schema, onDelete: ReferentialAction.Cascade);
}

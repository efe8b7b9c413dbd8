using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.DisasterSafety;

[DbContext(typeof(DisasterDb)), Migration("20261122180000_DisasterSafety")]
internal sealed class CreateDisasterSafety : ModuleMigration
{
    protected override string ModuleKey => DisasterDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("acts"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Incident = t.Column<string>(maxLength: 70),
            Kind = t.Column<string>(maxLength: 20),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Value = t.Column<string>(maxLength: 200),
            Text = t.Column<string>(maxLength: 1000),
            UndoneAt = t.Column<long>(nullable: true),
            UndoneBy = t.Column<string>(maxLength: 64, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_disaster_safety_acts", x => x.Id));
        m.CreateIndex("IX_disaster_safety_acts_incident", Table("acts"), "Incident", schema: Schema);
        m.CreateTable(Table("orders"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Incident = t.Column<string>(maxLength: 70),
            To = t.Column<string>(maxLength: 100),
            What = t.Column<string>(maxLength: 1000),
            Person = t.Column<string>(maxLength: 64),
            At = t.Column<long>(),
            Due = t.Column<long>(),
            AcknowledgedAt = t.Column<long>(nullable: true),
            AcknowledgedBy = t.Column<string>(maxLength: 64, nullable: true),
            DoneAt = t.Column<long>(nullable: true),
            DoneBy = t.Column<string>(maxLength: 64, nullable: true),
            Result = t.Column<string>(maxLength: 1000, nullable: true),
            WithdrawnAt = t.Column<long>(nullable: true),
            WithdrawnBy = t.Column<string>(maxLength: 64, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_disaster_safety_orders", x => x.Id));
        m.CreateIndex("IX_disaster_safety_orders_incident", Table("orders"), "Incident", schema: Schema);
        m.CreateTable(Table("acknowledgements"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Rule = t.Column<string>(maxLength: 60),
            Scope = t.Column<string>(maxLength: 60),
            Severity = t.Column<int>(),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
        }, constraints: t => t.PrimaryKey("PK_disaster_safety_acknowledgements", x => x.Id));
        m.CreateIndex("IX_disaster_safety_acknowledgements_at", Table("acknowledgements"), "At", schema: Schema);
        m.CreateTable(Table("emergencies"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Incident = t.Column<string>(maxLength: 70),
            Cameras = t.Column<string>(maxLength: 4000),
            Why = t.Column<string>(maxLength: 1000),
            Person = t.Column<string>(maxLength: 64),
            At = t.Column<long>(),
            Until = t.Column<long>(),
            EndedAt = t.Column<long>(nullable: true),
            EndedBy = t.Column<string>(maxLength: 64, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_disaster_safety_emergencies", x => x.Id));
        m.CreateIndex("IX_disaster_safety_emergencies_until", Table("emergencies"), "Until", schema: Schema);
    }
}

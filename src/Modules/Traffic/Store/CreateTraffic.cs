using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Traffic;

[DbContext(typeof(TrafficDb)), Migration("20261122190000_Traffic")]
internal sealed class CreateTraffic : ModuleMigration
{
    protected override string ModuleKey => TrafficDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("releases"), schema: Schema, columns: t => new
        {
            Camera = t.Column<string>(maxLength: 20),
            Open = t.Column<bool>(),
            Until = t.Column<long>(nullable: true),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Why = t.Column<string>(maxLength: 300),
        }, constraints: t => t.PrimaryKey("PK_traffic_releases", x => x.Camera));
        m.CreateTable(Table("favourites"), schema: Schema, columns: t => new
        {
            Person = t.Column<string>(maxLength: 64),
            Camera = t.Column<string>(maxLength: 20),
            At = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_traffic_favourites", x => new { x.Person, x.Camera }));
    }
}


import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(choices=[('day', 'day'), ('week', 'week'), ('month', 'month'), ('quarter', 'quarter'), ('year', 'year')], max_length=8, verbose_name='period')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('read_to', models.DateField(verbose_name='data up to')),
                ('edition', models.PositiveSmallIntegerField(default=1, verbose_name='edition')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('preliminary', 'preliminary'), ('final', 'final')], default='draft', max_length=12, verbose_name='state')),
                ('computed_at', models.DateTimeField(verbose_name='computed at')),
                ('groups', models.JSONField(default=list, verbose_name='peer groups')),
                ('report', models.JSONField(default=dict, verbose_name='report of the computation')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='sha256 of rules, inputs and scores')),
                ('computed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='computed by')),
            ],
            options={
                'verbose_name': 'rating',
                'verbose_name_plural': 'ratings',
                'ordering': ['-last', '-first', '-edition'],
            },
        ),
        migrations.CreateModel(
            name='Methodology',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, verbose_name='short name')),
                ('version', models.CharField(max_length=40, verbose_name='version')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('open', models.BooleanField(default=False, verbose_name='working figure')),
                ('since', models.DateField(blank=True, null=True, verbose_name='in force since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='in force until')),
                ('data', models.JSONField(verbose_name='items, steps and zones')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'methodology',
                'verbose_name_plural': 'methodologies',
                'ordering': ['name', 'version'],
            },
        ),
        migrations.CreateModel(
            name='RatingInputs',
            fields=[
                ('rating', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='inputs', serialize=False, to='ratings.rating')),
                ('packed', models.BinaryField(verbose_name='tables')),
            ],
            options={
                'verbose_name': 'inputs of a rating',
                'verbose_name_plural': 'inputs of ratings',
            },
        ),
        migrations.AddField(
            model_name='rating',
            name='methodology',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='ratings.methodology', verbose_name='methodology'),
        ),
        migrations.AddField(
            model_name='rating',
            name='region',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='monitoring.region', verbose_name='region'),
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('preliminary', 'preliminary'), ('final', 'final')], max_length=12, verbose_name='passed to')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('obstacles', models.JSONField(default=list, verbose_name='what stood in its way')),
                ('digest', models.CharField(max_length=64, verbose_name='seal of the rating then')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='ratings.rating', verbose_name='rating')),
            ],
            options={
                'verbose_name': 'passage of a rating',
                'verbose_name_plural': 'passages of ratings',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255, verbose_name='subject')),
                ('status', models.PositiveSmallIntegerField(choices=[(0, 'has a place'), (1, 'does not meet the conditions of taking part'), (2, 'too few data, not ranked'), (3, 'nothing could be counted')], verbose_name='status')),
                ('group', models.PositiveIntegerField(default=0, verbose_name='peer group')),
                ('exact', models.FloatField(null=True, verbose_name='exact score')),
                ('points', models.DecimalField(decimal_places=4, max_digits=7, null=True, verbose_name='points')),
                ('low', models.FloatField(null=True, verbose_name='at worst')),
                ('high', models.FloatField(null=True, verbose_name='at best')),
                ('place', models.PositiveIntegerField(null=True, verbose_name='place')),
                ('zone', models.CharField(blank=True, max_length=20, verbose_name='zone')),
                ('items', models.JSONField(default=dict, verbose_name='items')),
                ('facts', models.JSONField(default=dict, verbose_name='facts')),
                ('expected', models.FloatField(null=True, verbose_name='expected points')),
                ('place_low', models.PositiveIntegerField(null=True, verbose_name='best place of the draws')),
                ('place_high', models.PositiveIntegerField(null=True, verbose_name='worst place of the draws')),
                ('award_chance', models.FloatField(null=True, verbose_name='chance of an award')),
                ('settled', models.BooleanField(null=True, verbose_name='order before the next one is settled')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='monitoring.institution', verbose_name='institution')),
                ('municipality', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='monitoring.municipality', verbose_name='municipality')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='monitoring.page', verbose_name='page')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='monitoring.person', verbose_name='person')),
                ('rating', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='ratings.rating', verbose_name='rating')),
            ],
            options={
                'verbose_name': 'score',
                'verbose_name_plural': 'scores',
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=40, verbose_name='indicator')),
                ('params', models.JSONField(default=dict, verbose_name='parameters')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('before_numerator', models.FloatField(null=True, verbose_name='numerator before')),
                ('before_denominator', models.FloatField(null=True, verbose_name='denominator before')),
                ('numerator', models.FloatField(verbose_name='numerator')),
                ('denominator', models.FloatField(verbose_name='denominator')),
                ('basis', models.CharField(max_length=100, verbose_name='basis')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='monitoring.page', verbose_name='page')),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('denominator__gt', 0), ('last__gte', models.F('first'))), name='correction_makes_a_ratio')],
            },
        ),
        migrations.AddConstraint(
            model_name='methodology',
            constraint=models.UniqueConstraint(models.F('slug'), models.F('version'), name='methodology_version'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(models.F('region'), models.F('methodology'), models.F('first'), models.F('last'), models.F('edition'), name='rating_once'),
        ),
        migrations.AddConstraint(
            model_name='rating',
            constraint=models.UniqueConstraint(models.F('region'), models.F('methodology'), models.F('first'), models.F('last'), condition=models.Q(('state', 'draft')), name='rating_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='passage',
            constraint=models.UniqueConstraint(models.F('rating'), models.F('state'), name='passage_once'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(models.F('rating'), models.F('group'), models.F('place'), name='score_group_place'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.UniqueConstraint(models.F('rating'), models.F('key'), name='score_once'),
        ),
        migrations.AddConstraint(
            model_name='score',
            constraint=models.CheckConstraint(condition=models.Q(('place', None), models.Q(('place__gte', 1), ('points__range', (0, 100)), ('status', 0)), _connector='OR'), name='score_place_with_points'),
        ),
    ]
